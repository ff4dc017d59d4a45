import { StoreError } from '../store-error.ts';
import { StoreUnavailableError, type StoreUnavailableCode } from '../store-unavailable-error.ts';

/**
 * SQLSTATE classes and codes after which the same call may work a little later
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
const UNAVAILABLE: readonly {
  readonly prefix: string;
  readonly code: StoreUnavailableCode;
  readonly message: string;
}[] = [
  { prefix: '08', code: 'store_unavailable', message: 'The connection to PostgreSQL was lost' },
  { prefix: '57P', code: 'store_unavailable', message: 'PostgreSQL is shutting down or starting up' },
  { prefix: '3D000', code: 'store_unavailable', message: 'The PostgreSQL database does not exist' },
  { prefix: '28', code: 'store_unavailable', message: 'PostgreSQL refused the user name or password' },
  { prefix: '53300', code: 'store_unavailable', message: 'PostgreSQL has no connection free' },
  { prefix: '53', code: 'store_full', message: 'PostgreSQL has run out of disk or memory' },
  { prefix: '55P03', code: 'store_locked', message: 'Another session holds the lock' },
  { prefix: '57014', code: 'store_locked', message: 'The statement took longer than its time limit' },
  { prefix: '40', code: 'store_locked', message: 'Another transaction was in the way' },
  { prefix: '58', code: 'store_io', message: 'PostgreSQL could not read or write its files' },
  { prefix: '25006', code: 'store_read_only', message: 'This PostgreSQL server is read-only (a standby?)' },
  { prefix: '25P', code: 'store_unavailable', message: 'The transaction had failed' },
];

/** Set by the operating system or by the driver for a server that cannot be reached. */
const CONNECTION_WORDS =
  /ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|terminated|timeout|not queryable|closed|ended/i;

/**
 * What went wrong in the store's own words. PostgreSQL's sentence is left in `cause`: its details may repeat values of a record.
 */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const sqlState = sqlStateOf(error);
  if (sqlState !== undefined) {
    const known = UNAVAILABLE.find(({ prefix }) => sqlState.startsWith(prefix));
    if (known !== undefined) {
      return new StoreUnavailableError(known.code, `${known.message} (${sqlState})`, { cause: error });
    }
    return new StoreError('store_failed', `PostgreSQL refused the statement (${sqlState})`, { cause: error });
  }
  if (isConnectionError(error)) {
    return new StoreUnavailableError(
      'store_unavailable',
      `PostgreSQL cannot be reached, or the connection was lost${wordOf(error)}`,
      {
        cause: error,
      },
    );
  }
  return new StoreError('store_failed', 'The PostgreSQL store failed', { cause: error });
}

/** The five characters of an error that the server sent; undefined for every other error. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/** ` (ECONNREFUSED)`: the system's word, which names no host; nothing where there is none. */
function wordOf(error: unknown): string {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  if (!(first instanceof Error) || !('code' in first) || typeof first.code !== 'string') return '';
  return /^[A-Z][A-Z_]{2,}$/.test(first.code) ? ` (${first.code})` : '';
}

function isConnectionError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isConnectionError);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return CONNECTION_WORDS.test(code) || CONNECTION_WORDS.test(error.message);
}
