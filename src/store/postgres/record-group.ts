import type { RecordDraft, RecordResult } from '../../outbox/record-store.ts';
import type { StoreLogger } from '../store.ts';
import type { StoreError } from '../store-error.ts';
import { StoreUnavailableError } from '../store-unavailable-error.ts';
import { numberList, numbers } from './number-list.ts';
import type { Database, Row } from './database.ts';
import { toStoreError } from './postgres-error.ts';
import { unkeepable } from './unkeepable-text.ts';

export interface RecordItem {
  readonly draft: RecordDraft;
  /** Of an event. */
  readonly source?: 'admin' | 'external';
}

const ANSWER = `array_to_string(new_places, ',') as new_places, array_to_string(new_record_nos, ',') as new_record_nos,
  array_to_string(new_enqueued, ',', 'null') as new_enqueued, array_to_string(duplicate_places, ',') as duplicate_places`;

/**
 * Joins the bodies of a group on their way to the server: an array would have to be quoted here and unquoted there, which is half
 * of the cost of a group. No JSON text holds it as it is (RFC 8259, section 7); where one does, the array goes.
 */
const SEPARATOR = '\u001e';
const JOINED = "string_to_array($3, E'\\x1e')";

const recordAttestations = (bodies: string) =>
  `select ${ANSWER} from @schema@.aegis_siem_record_group($1::text[]::uuid[], $2, ${bodies})`;

const recordEvents = (bodies: string) =>
  `select ${ANSWER} from @schema@.aegis_siem_record_event_group($1, $2, ${bodies}, $4)`;

/**
 * Records a group in one statement, and so in one transaction, and answers in the order of the items once it is committed. Where
 * the store as a whole cannot write, every item is `failed` and none was acknowledged: a connection can be lost after the commit,
 * so send them again (then they are duplicates). Never rejects.
 */
export async function recordGroup(
  database: Database,
  kind: 'attestation' | 'event',
  items: readonly RecordItem[],
  logger: StoreLogger,
): Promise<RecordResult[]> {
  const refusals = items.map(({ draft }) => unkeepable(draft, kind));
  const keepable = items.filter((_, index) => refusals[index] === undefined);
  const kept = keepable.length === 0 ? [] : await recordKeepable(database, kind, keepable, logger);
  let next = 0;
  return items.flatMap(({ draft }, index): RecordResult[] => {
    const refusal = refusals[index];
    if (refusal !== undefined) {
      return [{ status: 'failed', recordId: draft.recordId, code: refusal.code, message: refusal.message }];
    }
    const result = kept[next];
    next += 1;
    return result === undefined ? [] : [result];
  });
}

async function recordKeepable(
  database: Database,
  kind: 'attestation' | 'event',
  items: readonly RecordItem[],
  logger: StoreLogger,
): Promise<RecordResult[]> {
  try {
    const bodies = items.map(({ draft }) => draft.body);
    const canJoin = !bodies.some((body) => body.includes(SEPARATOR) || body === '');
    const bodiesText = canJoin ? JOINED : '$3::text[]';
    const row = await database.first(
      kind === 'attestation' ? recordAttestations(bodiesText) : recordEvents(bodiesText),
      [
        items.map(({ draft }) => draft.recordId),
        items.map(({ draft }) => draft.workspaceId),
        canJoin ? bodies.join(SEPARATOR) : bodies,
        ...(kind === 'attestation' ? [] : [items.map(({ source }) => source)]),
      ],
    );
    return answersOf(items, row, logger);
  } catch (error) {
    const failure = toStoreError(error);
    if (items.length > 1 && !isStoreWide(failure)) return oneByOne(database, kind, items, logger);
    return items.map(({ draft }) => ({
      status: 'failed',
      recordId: draft.recordId,
      code: failure.code,
      message: failure.message,
    }));
  }
}

/** True when the next record would meet the same failure. A deadlock with another group is over once one of them gave way. */
function isStoreWide(failure: StoreError): boolean {
  return failure instanceof StoreUnavailableError && !failure.message.includes('(40');
}

async function oneByOne(
  database: Database,
  kind: 'attestation' | 'event',
  items: readonly RecordItem[],
  logger: StoreLogger,
): Promise<RecordResult[]> {
  const results: RecordResult[] = [];
  for (const item of items) results.push(...(await recordKeepable(database, kind, [item], logger)));
  return results;
}

function answersOf(items: readonly RecordItem[], row: Row | undefined, logger: StoreLogger): RecordResult[] {
  if (row === undefined) throw new Error('The recording answered no row');
  const recordNos = numbers(row, 'new_record_nos');
  const enqueued = numberList(row, 'new_enqueued');
  const newAt = new Map(numbers(row, 'new_places').map((place, index) => [place, index]));
  const duplicates = new Set(numbers(row, 'duplicate_places'));
  const notEnqueued = enqueued.filter((rows) => rows === null).length;
  if (notEnqueued > 0) {
    logger.warn(
      { records: notEnqueued },
      'Recorded, but not enqueued for the SIEM; the reconciler will try again (the reason is in the log of PostgreSQL and in aegis_siem_missed)',
    );
  }
  return items.map(({ draft: { recordId } }, index): RecordResult => {
    const place = index + 1;
    const at = newAt.get(place);
    const recordNo = at === undefined ? undefined : recordNos[at];
    if (at !== undefined && recordNo !== undefined) {
      return { status: 'recorded', recordId, recordNo, enqueued: enqueued[at] ?? null };
    }
    return { status: duplicates.has(place) ? 'duplicate' : 'conflict', recordId };
  });
}
