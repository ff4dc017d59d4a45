import type { RecordSource } from '../../outbox/destination.ts';
import type { Statements } from './database.ts';

const ALL_SOURCES: readonly RecordSource[] = ['attestations', 'admin', 'external'];

/** The kinds of records that a destination takes. One whose sources are no list takes everything, as when recording. */
export async function sourcesOf(
  statements: Statements,
  destinationNo: number,
): Promise<readonly RecordSource[]> {
  const row = await statements.first(
    'select sources from @schema@.aegis_siem_destinations where destination_no = $1',
    [destinationNo],
  );
  const sources = row?.['sources'];
  if (!Array.isArray(sources)) return ALL_SOURCES;
  return ALL_SOURCES.filter((source) => sources.includes(source));
}
