import { type RunbookPart, runbookBlocks } from './runbook-page.ts';
import type { Ran, RunbookWorld } from './runbook-world.ts';

/** How a runbook is tried: something is broken in its way, and the page is followed to its end. */
export interface RunbookDrill {
  /** Name of the page in docs/operations. */
  readonly page: string;
  /** In words: what is broken. */
  readonly fault: string;
  start(): Promise<RunbookWorld>;
  /** Breaks it; answers what on the page stands for what here. */
  breakIt(world: RunbookWorld): Promise<Readonly<Record<string, string>>>;
  /** Must stand in the output of the commands under "Look": the operator sees it. */
  readonly seen: RegExp;
  /** What the page has a person do, and its commands at their place. */
  mend(world: RunbookWorld, follow: FollowMend): Promise<void>;
  /** The page's "Confirm". */
  confirm(world: RunbookWorld): Promise<void>;
}

/** Runs a block of the page's "Mend", the first by default; each command must end with 0. */
export type FollowMend = (block?: number) => Promise<readonly Ran[]>;

export interface DrillResult {
  readonly page: string;
  readonly fault: string;
  /** What of the symptom was seen. */
  readonly symptom?: string;
  readonly commands: number;
  readonly lookSeconds?: number;
  /** From the first act of mending until all is well. */
  readonly mendSeconds?: number;
  /** Absent when it went as the page says. */
  readonly failure?: string;
}

export async function carryOut(drill: RunbookDrill): Promise<DrillResult> {
  const { page, fault } = drill;
  const world = await drill.start();
  let commands = 0;
  let symptom: string | undefined;
  let lookSeconds: number | undefined;
  const follow = async (
    part: RunbookPart,
    block: number,
    replace: Readonly<Record<string, string>>,
  ): Promise<readonly Ran[]> => {
    const lines = runbookBlocks(page, part, replace)[block];
    if (lines === undefined) throw new Error(`the page has no block ${block} under "${part}"`);
    const ran: Ran[] = [];
    for (const line of lines) {
      const result = await world.run(line);
      commands += 1;
      ran.push(result);
      if (part === 'Mend' && result.code !== 0) {
        throw new Error(`"${line}" ended with ${String(result.code)}: ${result.output.trim()}`);
      }
    }
    return ran;
  };
  try {
    const replace = await drill.breakIt(world);
    const lookedMs = performance.now();
    const looked = await follow('Look', 0, replace);
    lookSeconds = secondsSince(lookedMs);
    const output = looked.map((ran) => ran.output).join('\n');
    symptom = drill.seen.exec(output)?.[0].replaceAll(`${world.folder}/`, '');
    if (symptom === undefined) throw new Error(`"Look" does not show ${drill.seen.source}:\n${output}`);
    const startedMs = performance.now();
    await drill.mend(world, (block = 0) => follow('Mend', block, replace));
    await drill.confirm(world);
    return { page, fault, symptom, commands, lookSeconds, mendSeconds: secondsSince(startedMs) };
  } catch (error) {
    return {
      page,
      fault,
      commands,
      ...(symptom === undefined ? {} : { symptom }),
      ...(lookSeconds === undefined ? {} : { lookSeconds }),
      failure: error instanceof Error ? error.message : String(error),
    };
  } finally {
    await world.close();
  }
}

function secondsSince(startedMs: number): number {
  return Math.round((performance.now() - startedMs) / 100) / 10;
}
