import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { CliIo } from '../cli/cli-io.ts';
import type { ProgressLine } from '../cli/progress-line.ts';
import type { DemoSiems } from './demo-siem.ts';

/**
 * While the demo stays up, Enter takes a SIEM down and records on, and Enter again brings it back: what console, `top`, metrics and log
 * say of an outage can be looked at in peace. Without a terminal it waits only. Resolves at Ctrl-C.
 */
export async function takeDownAndUp(
  siem: DemoSiems['unsteady'],
  io: Pick<CliIo, 'stdin' | 'stdinIsTerminal' | 'signal'>,
  progress: Pick<ProgressLine, 'say'>,
  recordMore: () => Promise<number>,
): Promise<void> {
  if (io.stdinIsTerminal) {
    progress.say(`\nEnter takes ${siem.title} down; Enter again brings it back.`);
    let down = false;
    await onEachEnter(io, async () => {
      down = !down;
      siem.setDown(down);
      progress.say(
        down
          ? `${siem.title} is down; ${await recordMore()} more decisions were recorded meanwhile. Enter brings it back.`
          : `${siem.title} is back.`,
      );
    });
  }
  if (!io.signal.aborted) await once(io.signal, 'abort');
}

async function onEachEnter(
  { stdin, signal }: Pick<CliIo, 'stdin' | 'signal'>,
  act: () => Promise<void>,
): Promise<void> {
  // A terminal that is still read would keep the process alive after Ctrl-C.
  const stopReading = (): void => void (stdin instanceof Readable && stdin.destroy());
  signal.addEventListener('abort', stopReading, { once: true });
  try {
    for await (const chunk of stdin) {
      if (signal.aborted) return;
      // What was typed ahead counts once.
      if (chunk.includes(0x0a)) await act();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
