import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../json.ts';
import type { AdminFacts } from '../ocsf/admin/admin-facts.ts';
import type { Health } from '../outbox/destination.ts';
import type { HealthNews, ToldHealth } from '../outbox/health-news.ts';

// What the delivery does by itself, as administrative events. People's actions are told by their audit records.

/** Of a destination, what an event about it names. */
export interface NamedDestination {
  readonly destinationId: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly type: string;
}

/** Records of dead letters that one event names; the others are in its count, and in the list of dead letters. */
const MAX_NAMED_LETTERS = 20;

/** A destination that is failing, held or well again. */
export function healthFacts(
  destination: NamedDestination,
  { word }: HealthNews,
  told: ToldHealth | undefined,
  health: Health,
  nowMs: number,
): AdminFacts {
  const before = told === undefined ? 'healthy' : told.state;
  return {
    ...about(destination, `destination.${word}`, nowMs),
    message:
      word === 'recovered'
        ? `The destination ${destination.name} takes events again`
        : `The destination ${destination.name} takes no events now (${health.reason ?? word}); they wait, nothing is lost`,
    severity: word === 'held' ? 'high' : word === 'failing' ? 'medium' : 'informational',
    ...(word === 'recovered' ? {} : { failed: true as const }),
    entity: entityOf(destination, { health: before }, { health: health.state }),
    details: {
      since: timeText(health.sinceMs),
      ...(health.reason === undefined ? {} : { reason: health.reason }),
      ...(health.message === undefined ? {} : { explanation: health.message }),
    },
  };
}

/** Records that became dead letters together. Those of administrative events are told by none: they would go on for ever. */
export function deadLetterFacts(
  destination: NamedDestination,
  letters: readonly { readonly recordId: string; readonly code: string }[],
  nowMs: number,
): AdminFacts {
  const codes = [...new Set(letters.map(({ code }) => code))];
  return {
    ...about(destination, 'dead_letters.made', nowMs),
    message: `${letters.length} ${letters.length === 1 ? 'record became a dead letter' : 'records became dead letters'} at the destination ${destination.name}: ${codes.join(', ')}`,
    severity: 'high',
    failed: true,
    entity: entityOf(destination),
    details: {
      count: letters.length,
      codes,
      records: letters
        .slice(0, MAX_NAMED_LETTERS)
        .map(({ recordId, code }): JsonObject => ({ record_id: recordId, code })),
    },
  };
}

/** A replay that came to its end by itself. */
export function replayEndFacts(
  destination: NamedDestination,
  replay: {
    readonly replayId: string;
    readonly ended: 'finished' | 'failed';
    readonly note?: string | undefined;
  },
  nowMs: number,
): AdminFacts {
  const { replayId, ended, note } = replay;
  return {
    ...about(destination, `replay.${ended}`, nowMs),
    message: `The replay ${replayId} to the destination ${destination.name} ${ended}${note === undefined ? '' : `: ${note}`}`,
    severity: ended === 'failed' ? 'medium' : 'informational',
    ...(ended === 'failed' ? { failed: true as const } : {}),
    entity: { kind: 'replay', uid: replayId },
    details: { destination_id: destination.destinationId, destination: destination.name },
  };
}

function about(
  { workspaceId }: NamedDestination,
  code: string,
  nowMs: number,
): Pick<AdminFacts, 'uid' | 'code' | 'timeMs' | 'workspaceId'> {
  return { uid: `admin:${randomUUID()}`, code, timeMs: Math.floor(nowMs), workspaceId };
}

function entityOf(
  { destinationId, name, type }: NamedDestination,
  before?: JsonObject,
  after?: JsonObject,
): AdminFacts['entity'] {
  return {
    kind: 'destination',
    uid: destinationId,
    name,
    before: { type, ...before },
    ...(after === undefined ? {} : { after: { type, ...after } }),
  };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
