import type { RecordSource } from '../../outbox/destination.ts';
import type { Statements } from './statements.ts';

const ALL_SOURCES: readonly RecordSource[] = ['attestations', 'admin', 'external'];

/** The kinds of records that a destination takes. One whose sources cannot be read takes everything, as when recording. */
export function sourcesOf(statements: Statements, destinationNo: number): readonly RecordSource[] {
  const row = statements.first(
    'select sources from aegis_siem_destinations where destination_no = ?',
    destinationNo,
  );
  try {
    const sources: unknown = JSON.parse(String(row?.['sources']));
    if (!Array.isArray(sources)) return ALL_SOURCES;
    return ALL_SOURCES.filter((source) => sources.includes(source));
  } catch {
    return ALL_SOURCES;
  }
}
