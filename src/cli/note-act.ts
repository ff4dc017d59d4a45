import { randomUUID } from 'node:crypto';
import { openStore } from '../store/open-store.ts';
import type { OpenedStore } from '../store/open-store.ts';
import { cliActor } from './cli-actor.ts';
import type { CliIo } from './cli-io.ts';

/** Of the service itself: no destination's workspace. */
const SERVICE_WORKSPACE = 'aegis-system';

/** What a command did straight to a store, as its one audit record has it. */
export interface CliAct {
  readonly action: string;
  readonly subjectId: string;
  readonly before?: object;
  readonly after: object;
}

/** Keeps the audit record of a command, with the user of the machine as its actor; the SIEM is told of it. */
export async function noteAct(
  store: Pick<OpenedStore, 'admin'>,
  { action, subjectId, before, after }: CliAct,
): Promise<void> {
  await store.admin.appendAudit({
    auditId: randomUUID(),
    atMs: Date.now(),
    workspaceId: SERVICE_WORKSPACE,
    actor: cliActor(),
    action,
    subjectId,
    ...(before === undefined ? {} : { before: JSON.stringify(before) }),
    after: JSON.stringify(after),
  });
}

/** The same for what is done already and stays done: a store that takes no record is told of, and changes nothing about it. */
export async function noteDone(io: Pick<CliIo, 'writeError'>, url: string, act: CliAct): Promise<void> {
  try {
    const store = await openStore(url);
    try {
      await noteAct(store, act);
    } finally {
      await store.close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    io.writeError(`it was done, and the audit could not be told (${act.action}): ${why}\n`);
  }
}
