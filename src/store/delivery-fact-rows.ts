import type { DeadLetterDraft } from '../outbox/delivery-store.ts';
import type { ToldHealth } from '../outbox/health-news.ts';
import { integer, json, maybeText, text, type StoredRow } from './column.ts';
import type { NamedDestination } from './delivery-facts.ts';

/** Columns of `aegis_siem_destinations d` that name a destination in an event. */
export const NAMED_DESTINATION_COLUMNS = 'd.destination_id, d.workspace_id, d.name, d.type';

export function namedDestinationOf(row: StoredRow): NamedDestination {
  return {
    destinationId: text(row, 'destination_id'),
    workspaceId: text(row, 'workspace_id'),
    name: text(row, 'name'),
    type: text(row, 'type'),
  };
}

/** What the lane's `health_news` holds. */
export function toldHealthOf(row: StoredRow): ToldHealth | undefined {
  return maybeText(row, 'health_news') === undefined ? undefined : (json(row, 'health_news') as ToldHealth);
}

/** The letters of these records (`record_no`, `record_id`), each with its code, in the order in which they went dead. */
export function deadLettersOf(
  rows: readonly StoredRow[],
  dead: readonly DeadLetterDraft[],
): readonly { readonly recordId: string; readonly code: string }[] {
  const ids = new Map(rows.map((row) => [integer(row, 'record_no'), text(row, 'record_id')]));
  return dead.flatMap(({ recordNo, code }) => {
    const recordId = ids.get(recordNo);
    return recordId === undefined ? [] : [{ recordId, code }];
  });
}
