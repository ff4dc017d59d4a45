import type { Answer } from '../connectors/outcome.ts';
import type { AttemptRow } from './admin-store.ts';
import { integer, json, text, type StoredRow } from './column.ts';

/** A failed send. */
export function attemptOf(row: StoredRow): AttemptRow {
  return {
    atMs: integer(row, 'at'),
    outcome: text(row, 'outcome'),
    answer: json(row, 'answer') as Answer,
    events: integer(row, 'events'),
    bytes: integer(row, 'bytes'),
    firstSeq: integer(row, 'first_seq'),
  };
}
