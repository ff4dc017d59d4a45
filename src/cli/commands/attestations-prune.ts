import { hash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { rfc3339ToMs } from '../../attestation/rfc3339.ts';
import { openCheckpointKeys } from '../../delivery/checkpoint-keyring.ts';
import type { JsonObject } from '../../json.ts';
import { MAX_OPEN_ROWS_TO_PRUNE, type PruneObstacle } from '../../outbox/pruning-store.ts';
import { planPrune, proveBeforePrune, type PrunePlan } from '../../plan-prune.ts';
import { markForPrune, removeMarked } from '../../prune-records.ts';
import { createSealer } from '../../secrets/create-sealer.ts';
import type { SealingKey } from '../../secrets/sealing-key.ts';
import type { OpenedStore } from '../../store/open-store.ts';
import { askYes } from '../call-confirmed.ts';
import { cliActor } from '../cli-actor.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, textOption } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { show } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';
import { SETTING_OPTIONS } from '../service-settings.ts';
import { withStoreKeys } from '../with-store-keys.ts';

/** Findings that are named when records are not as they were chained; `verify --store` has all. */
const SHOWN_FINDINGS = 5;

export const attestationsPrune: Command = {
  name: 'attestations prune',
  summary:
    'Remove old records from the store for ever, once they are delivered; says first what would go, and leaves a signed mark',
  examples: [
    'aegis-siem attestations prune --before 2025-01-01T00:00:00Z',
    'aegis-siem attestations prune --before 2025-01-01T00:00:00Z --confirm 5f3a9c0e17b2d468',
  ],
  options: {
    ...SETTING_OPTIONS,
    before: {
      type: 'string',
      value: 'TIME',
      help: 'Records whose link of the record chain was made before this time (RFC 3339), attestations and other events of all workspaces',
    },
    confirm: {
      type: 'string',
      value: 'WORD',
      help: 'The word that a run without it prints; it is good for exactly what that run has shown. A terminal asks instead',
    },
  },
  run: (context) => {
    const beforeMs = timeOf(context);
    return withStoreKeys(context, (store, keys) => prune(context, store, keys, beforeMs));
  },
};

async function prune(
  context: CommandContext,
  store: OpenedStore,
  sealingKeys: readonly SealingKey[],
  beforeMs: number,
): Promise<number> {
  if (!(await store.pruning.mayPrune()))
    throw new CliError(
      'not_the_owner',
      'this role of the database may not remove records: run it as the owner of the tables, the role that migrates',
      EXIT.forbidden,
    );
  // What was confirmed and signed before, and broken off.
  const finished = await remove(context, store);
  const plan = await planPrune(store, beforeMs);
  if (plan === undefined) {
    await show(context, answer(false, finished), () => said(finished, 'nothing to remove\n'));
    return context.io.signal.aborted ? EXIT.interrupted : EXIT.ok;
  }
  const confirm = wordFor(plan);
  if (plan.obstacles.length > 0) {
    await show(context, answer(false, finished, plan), () => said(finished, `${effectOf(plan)}\n`));
    context.io.writeError(
      `Nothing was removed. ${plan.obstacles.map(obstacleText).join(' ')} Or name an earlier time.\n`,
    );
    return EXIT.refused;
  }
  if (!(await isConfirmed(context, plan, confirm))) {
    await show(context, answer(false, finished, plan, confirm), () => said(finished, `${effectOf(plan)}\n`));
    context.io.writeError(`Nothing was removed. To remove it: --confirm ${confirm}\n`);
    return EXIT.refused;
  }
  const keys = await openCheckpointKeys(store.proof, createSealer(sealingKeys));
  const [key] = keys;
  if (key === undefined)
    throw new CliError('no_signing_key', 'the store has no checkpoint key to sign with', EXIT.refused);
  await prove(context, store, plan, keys);
  const order = { plan, key, actor: cliActor(), nowMs: Date.now(), auditId: randomUUID() };
  if (!(await markForPrune(store, order)))
    throw new CliError(
      'overtaken',
      'Nothing was removed: another prune, or something that waits for these records, came in between. Run it again',
      EXIT.refused,
    );
  const removed = await remove(context, store);
  await show(context, { ...answer(true, finished, plan), removed }, () =>
    said(finished, `${removed} records removed, numbers ${plan.fromRecordNo} to ${plan.toRecordNo}\n`),
  );
  if (!context.io.signal.aborted) return EXIT.ok;
  context.io.writeError('Broken off: the same command goes on with the rest, without asking again.\n');
  return EXIT.interrupted;
}

async function remove({ io }: CommandContext, store: OpenedStore): Promise<number> {
  const progress = new ProgressLine(io);
  const removed = await removeMarked(store, {
    signal: io.signal,
    onStep: (count) => void progress.show(`${count} records removed`),
    sleep,
  });
  progress.clear();
  return removed;
}

/** The last look at what goes: a change that nobody noticed would be gone with it. */
async function prove(
  { io }: CommandContext,
  store: OpenedStore,
  plan: PrunePlan,
  keys: Parameters<typeof proveBeforePrune>[2],
): Promise<void> {
  const progress = new ProgressLine(io);
  const findings = await proveBeforePrune(store.chain, plan, keys, (records) => {
    if (io.signal.aborted) throw new CliError('interrupted', 'Nothing was removed.', EXIT.interrupted);
    progress.show(`${records} records held against their links`);
  });
  progress.clear();
  if (findings.faults === 0) return;
  const shown = findings.kept.filter(({ severity }) => severity === 'fault').slice(0, SHOWN_FINDINGS);
  throw new CliError(
    'not_as_chained',
    `Nothing was removed: the records are not as they were chained, and removing them would remove the trace. ${shown.map(({ message }) => message).join('. ')}. Run "aegis-siem verify --store"`,
    EXIT.refused,
  );
}

async function isConfirmed(context: CommandContext, plan: PrunePlan, confirm: string): Promise<boolean> {
  const given = textOption(context, 'confirm');
  const { io } = context;
  if (given === undefined) {
    if (context.json || !io.stdinIsTerminal || !io.stderrIsTerminal) return false;
    await askYes(io, `${effectOf(plan)} This cannot be taken back.`);
    return true;
  }
  if (given === confirm) return true;
  throw new CliError(
    'confirmation_refused',
    `--confirm ${given} is of another effect than this one. ${effectOf(plan)} To have it done: --confirm ${confirm}`,
    EXIT.refused,
  );
}

/** All that decides what goes. */
function wordFor({ markNo, fromRecordNo, toRecordNo, records, linkNo, linkSha256 }: PrunePlan): string {
  return hash(
    'sha256',
    JSON.stringify([markNo, fromRecordNo, toRecordNo, records, linkNo, linkSha256]),
  ).slice(0, 16);
}

function effectOf({ records, links, fromRecordNo, toRecordNo, recordedBeforeMs }: PrunePlan): string {
  return `${records} records, numbers ${fromRecordNo} to ${toRecordNo} (${links} links of the record chain), recorded before ${new Date(recordedBeforeMs).toISOString()}, would be removed for ever.`;
}

function said(finished: number, rest: string): string {
  return `${finished === 0 ? '' : `${finished} records of an earlier prune were still there, and are removed now\n`}${rest}`;
}

function answer(done: boolean, finished: number, plan?: PrunePlan, confirm?: string): JsonObject {
  return {
    done,
    finished_earlier: finished,
    effect:
      plan === undefined
        ? null
        : {
            records: plan.records,
            from_record: plan.fromRecordNo,
            to_record: plan.toRecordNo,
            links: plan.links,
            recorded_before: new Date(plan.recordedBeforeMs).toISOString(),
            obstacles: plan.obstacles.map(({ kind, count }) => ({ kind, count })),
          },
    ...(confirm === undefined ? {} : { confirm }),
  };
}

function obstacleText({ kind, count }: PruneObstacle): string {
  switch (kind) {
    case 'open_rows':
      return `${count} deliveries of these records wait: see "aegis-siem outbox".`;
    case 'dead_letters':
      return `${count} dead letters of these records wait for a decision: retry or skip them.`;
    case 'missed':
      return `${count} failed enqueues of these records are not repaired yet: a worker repairs them.`;
    case 'not_reconciled':
      return `For ${count} destinations the reconciler has not looked so far: let a worker run.`;
    case 'replays':
      return `${count} replays are under way: let them end, or cancel them.`;
    case 'backlog':
      return `More than ${MAX_OPEN_ROWS_TO_PRUNE} deliveries wait in all: removing would be slow, let them go out first.`;
  }
  return kind satisfies never;
}

function timeOf(context: CommandContext): number {
  const text = textOption(context, 'before');
  const timeMs = text === undefined ? undefined : rfc3339ToMs(text);
  if (timeMs === undefined)
    throw new CliError('bad_option', '--before must be an RFC 3339 time, such as 2025-01-01T00:00:00Z');
  if (timeMs <= Date.now()) return timeMs;
  throw new CliError('bad_option', '--before is in the future: name a time that is over');
}
