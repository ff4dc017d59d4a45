import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { Database } from '../../src/store/postgres/database.ts';
import { PostgresRecordStore } from '../../src/store/postgres/record-store.ts';
import { recordInPostgres } from '../../src/store/postgres/record-transaction.ts';
import type { RecordDraft } from '../../src/outbox/record-store.ts';
import type { TestPostgresStore } from './postgres-store.ts';

/** What a way of recording answered: the same words, whoever asks. */
export interface WayAnswer {
  readonly status: string;
  readonly enqueued: number | null;
  readonly warnings: readonly string[];
}

export interface RecordingWay {
  readonly name: string;
  /** Records and commits. `timeoutMs` bounds it. */
  record(opened: TestPostgresStore, draft: RecordDraft, timeoutMs: number): Promise<WayAnswer>;
}

export function someDraft(workspaceId: string): RecordDraft {
  const recordId = randomUUID();
  return {
    recordId,
    workspaceId,
    body: JSON.stringify({ attestation_id: recordId, workspace_id: workspaceId }),
  };
}

/** Every way an attestation can come into PostgreSQL. */
export const RECORDING_WAYS: readonly RecordingWay[] = [
  {
    name: 'the service',
    record: async ({ url }, draft, timeoutMs) => {
      const warnings: string[] = [];
      const logger = { warn: (_: unknown, message: string) => warnings.push(message) };
      const database = new Database({
        url,
        schema: 'public',
        applicationName: 'test',
        maxConnections: 1,
        statementTimeoutMs: timeoutMs,
        logger,
      });
      try {
        const [result] = await new PostgresRecordStore(database, logger).recordAttestations([draft]);
        const status = result?.status ?? 'no answer';
        return { status, enqueued: result?.status === 'recorded' ? result.enqueued : null, warnings };
      } finally {
        await database.close();
      }
    },
  },
  { name: 'a transaction of pg', record: (...args) => inTransaction(false, ...args) },
  { name: 'a transaction of pg that pipelines', record: (...args) => inTransaction(true, ...args) },
  { name: 'SQL from a plain client', record: inPlainSql },
];

async function inTransaction(
  pipeline: boolean,
  opened: TestPostgresStore,
  draft: RecordDraft,
  timeoutMs: number,
): Promise<WayAnswer> {
  const client = await opened.connect({ pipeline });
  const warnings: string[] = [];
  const logger = { warn: (_: unknown, message: string) => warnings.push(message) };
  await client.query('begin');
  const result = await recordInPostgres(client, draft, { logger, timeoutMs });
  const { command } = await client.query('commit');
  if (command !== 'COMMIT') return { status: `commit answered ${command}`, enqueued: null, warnings };
  return {
    status: result.status,
    enqueued: result.status === 'recorded' ? result.enqueued : null,
    warnings,
  };
}

/** As a program in another language does it. */
async function inPlainSql(
  opened: TestPostgresStore,
  draft: RecordDraft,
  timeoutMs: number,
): Promise<WayAnswer> {
  const client: Client = await opened.connect();
  const warnings: string[] = [];
  client.on('notice', (notice) => {
    if (notice.severity === 'WARNING') warnings.push(notice.message ?? '');
  });
  await client.query('begin');
  await client.query(`set local statement_timeout = ${timeoutMs}`);
  const { rows } = await client.query<{ status: string; enqueued: number | null }>(
    'select status, enqueued from aegis_siem_record($1)',
    [draft.body],
  );
  const { command } = await client.query('commit');
  const status = command === 'COMMIT' ? (rows[0]?.status ?? 'no row') : `commit answered ${command}`;
  return { status, enqueued: rows[0]?.enqueued ?? null, warnings };
}
