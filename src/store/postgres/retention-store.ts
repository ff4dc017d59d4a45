import {
  NOTHING_PRUNED,
  type PruneReport,
  type RetentionCutoffs,
  type RetentionStore,
} from '../../outbox/retention-store.ts';
import { integer } from '../column.ts';
import type { Database } from './database.ts';

/** Retention on PostgreSQL: each step is one statement, and its vacuum is the server's. */
export class PostgresRetentionStore implements RetentionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async prune(cutoffs: RetentionCutoffs, maxRows: number): Promise<PruneReport> {
    const row = await this.#database.first('select * from @schema@.aegis_siem_prune($1, $2, $3, $4, $5)', [
      wholeOrNull(cutoffs.receiptsBeforeMs),
      wholeOrNull(cutoffs.attemptsBeforeMs),
      wholeOrNull(cutoffs.skippedBeforeMs),
      maxRows,
      cutoffs.onlyCovered === true,
    ]);
    if (row === undefined) return NOTHING_PRUNED;
    const receipts = integer(row, 'receipts');
    const attempts = integer(row, 'attempts');
    const skippedLetters = integer(row, 'skipped_letters');
    return { receipts, attempts, skippedLetters, more: receipts + attempts + skippedLetters >= maxRows };
  }
}

function wholeOrNull(timeMs: number | undefined): number | null {
  return timeMs === undefined ? null : Math.floor(timeMs);
}
