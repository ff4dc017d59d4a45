import { randomUUID } from 'node:crypto';
import { emitWarnings } from '../emit-warnings.ts';
import { Database } from './database.ts';
import { DEFAULT_SCHEMA } from './schema-name.ts';

const STATEMENT_TIMEOUT_MS = 30_000;

/**
 * After a dump was put back: every stream begins a new epoch when its lane is taken next. A server that was made anew is told by
 * its own identifier; one into which the dump was put back is not, and would give numbers twice. Answers how many streams.
 * Throws `StoreError`.
 */
export async function markPostgresRestored(url: string): Promise<number> {
  const database = new Database({
    url,
    schema: DEFAULT_SCHEMA,
    applicationName: 'aegis-siem restore',
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    logger: emitWarnings,
  });
  try {
    return await database.run(
      `update @schema@.aegis_siem_lanes set epoch_anchor = $1, owner = null, leased_until = 0`,
      [`restored:${randomUUID()}`],
    );
  } finally {
    await database.close();
  }
}
