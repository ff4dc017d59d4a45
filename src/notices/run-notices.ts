import { errorFields } from '../delivery/error-fields.ts';
import type { ProofStore } from '../outbox/proof-store.ts';
import type { AdminStore } from '../store/admin-store.ts';
import type { NoticeStore } from '../store/notice-store.ts';
import { type Condition, conditionsOf } from './condition.ts';
import { NoticeDesk, type NoticeDeskParts } from './notice-desk.ts';
import type { NoticeChannel } from './notice-channel.ts';

const MAX_DESTINATIONS = 1_000;
/** A turn outlives so many looks: a process that is slow once keeps it, and one that is gone is followed soon. */
const LOOKS_A_TURN = 4;

export interface NoticeParts extends Omit<NoticeDeskParts, 'channel' | 'post'> {
  readonly admin: Pick<AdminStore, 'listDestinations' | 'readProgress'>;
  readonly proof: Pick<ProofStore, 'lastCheckpoint'>;
  readonly notices: NoticeStore;
  readonly channels: readonly NoticeChannel[];
  /** Unlike every other process, and every earlier one. */
  readonly owner: string;
  /** By destination id, as the last look at certificates found them. */
  readonly certificateEnds: () => ReadonlyMap<string, number>;
  readonly checkpointEveryMs: number;
  readonly lookEveryMs: number;
  readonly gatherMs: number;
  readonly messagesAnHour: number;
}

/**
 * Looks at the destinations again and again and tells operators what they should know, by every channel. Of all processes with
 * the same channel one does. Runs beside the delivery and never in its way; runs until `signal` aborts; never rejects.
 */
export async function runNotices(parts: NoticeParts, signal: AbortSignal): Promise<void> {
  await Promise.all(parts.channels.map((channel) => runChannel(channel, parts, signal)));
}

async function runChannel(channel: NoticeChannel, parts: NoticeParts, signal: AbortSignal): Promise<void> {
  let desk: NoticeDesk | undefined;
  while (!signal.aborted) {
    try {
      desk = await turn(channel, parts, desk);
      if (desk !== undefined && !(await desk.look(await holdingNow(parts)))) {
        await desk.stop();
        desk = undefined;
      }
    } catch (error) {
      parts.logger.warn(
        errorFields(error),
        'What operators should know could not be looked at; trying again',
      );
    }
    await parts.sleep(parts.lookEveryMs, signal);
  }
  if (desk === undefined) return;
  await desk.stop();
  try {
    await parts.notices.leaveNotices(channel.id, desk.token);
  } catch (error) {
    parts.logger.warn(
      errorFields(error),
      'The turn at telling operators could not be given back; it ends by itself',
    );
  }
}

/** The desk of this process, while it has the turn. */
async function turn(
  channel: NoticeChannel,
  parts: NoticeParts,
  desk: NoticeDesk | undefined,
): Promise<NoticeDesk | undefined> {
  const { notices, owner, lookEveryMs, gatherMs, messagesAnHour } = parts;
  const taken = await notices.takeNotices({
    channel: channel.id,
    owner,
    leaseMs: LOOKS_A_TURN * lookEveryMs,
  });
  if (taken !== undefined && taken.token === desk?.token) return desk;
  await desk?.stop();
  if (taken === undefined) return undefined;
  const post = { messagesAnHour, gatherMs, maxNoticesAMessage: 50, maxWaiting: 500 };
  return new NoticeDesk(taken, { ...parts, channel, post });
}

async function holdingNow(parts: NoticeParts): Promise<readonly Condition[]> {
  const { items } = await parts.admin.listDestinations({}, { limit: MAX_DESTINATIONS });
  const ends = parts.certificateEnds();
  const conditions: Condition[] = [];
  for (const destination of items) {
    const progress = await parts.admin.readProgress(destination.destinationNo);
    const checkpoint = await parts.proof.lastCheckpoint(destination.destinationNo);
    const facts = {
      destination,
      progress,
      lastCheckpointMs: checkpoint?.madeAtMs,
      certificateEndsMs: ends.get(destination.destinationId),
    };
    conditions.push(...conditionsOf(facts, parts.checkpointEveryMs, parts.nowMs()));
  }
  return conditions;
}
