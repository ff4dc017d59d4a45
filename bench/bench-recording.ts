/** What the enqueue adds to a recording transaction: each round does one transaction of each kind, in turn. */
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { RecordDraft } from '../src/outbox/record-store.ts';
import { insertRecord, takeRecordNos } from '../src/store/sqlite/insert-record.ts';
import { Statements } from '../src/store/sqlite/statements.ts';
import { recordAttestation } from '../src/store/record-attestation.ts';
import { openStore } from '../src/store/open-store.ts';
import { usePostgres } from '../test/support/postgres.ts';
import { generateAttestations } from '../test/support/generate-attestations.ts';
import { parseAttestation } from '../src/attestation/parse-attestation.ts';
import { addBenchDestination } from './bench-destination.ts';

const WORKSPACE = 'ws-bench';

/** Milliseconds of each transaction, by what is in it. */
export interface RecordingTimes {
  /** Parse, and one insert into a plain table with the same columns. */
  readonly alone: readonly number[];
  /** Parse, and the insert of the record into our table, numbered and append-only: recording without the enqueue. */
  readonly record: readonly number[];
  /** `recordAttestation` in a workspace without a destination: the enqueue runs and writes no row. */
  readonly noDestination: readonly number[];
  /** `recordAttestation` with one destination. */
  readonly enqueued: readonly number[];
  /** The same with `prepare`, on PostgreSQL. The inserts above are prepared too. */
  readonly prepared: readonly number[];
}

export type RecordingKind = keyof RecordingTimes;
type Kind = RecordingKind;
const SQLITE_KINDS: readonly Kind[] = ['alone', 'record', 'noDestination', 'enqueued'];
const POSTGRES_KINDS: readonly Kind[] = [...SQLITE_KINDS, 'prepared'];

export async function benchSqliteRecording(rounds: number): Promise<RecordingTimes> {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-bench-'));
  const path = join(folder, 'aegis.db');
  const store = await openStore(`sqlite:${path}`);
  await store.migrate();
  await addBenchDestination(store, { url: 'http://127.0.0.1:9', workspaceId: WORKSPACE, state: 'paused' });
  const db = new DatabaseSync(path);
  db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
  db.exec(
    'create table bench_alone (record_no integer primary key, attestation_id text not null unique, workspace_id text not null, recorded_at integer not null, body text not null) strict',
  );
  const insert = db.prepare(
    'insert into bench_alone (attestation_id, workspace_id, recorded_at, body) values (?, ?, ?, ?)',
  );
  const statements = new Statements(db);
  const transaction = async (kind: Kind, text: string): Promise<void> => {
    db.exec('begin immediate');
    if (kind === 'alone') {
      const { recordId, workspaceId, body } = draftOf(text);
      insert.run(recordId, workspaceId, Date.now(), body);
    } else if (kind === 'record') {
      insertRecord(statements, 'attestation', draftOf(text), takeRecordNos(statements, 1));
    } else await recordAttestation(db, text);
    db.exec('commit');
  };
  const times = await interleave(SQLITE_KINDS, rounds, transaction);
  db.close();
  await store.close();
  rmSync(folder, { recursive: true });
  return times;
}

export async function benchPostgresRecording(rounds: number): Promise<RecordingTimes> {
  const postgres = await usePostgres();
  const store = await openStore(postgres.url);
  await store.migrate();
  await addBenchDestination(store, { url: 'http://127.0.0.1:9', workspaceId: WORKSPACE, state: 'paused' });
  const client = new Client({ connectionString: postgres.url, pipeline: true });
  await client.connect();
  await client.query(
    'create table bench_alone (record_no bigserial primary key, attestation_id uuid not null unique, workspace_id text not null, recorded_at bigint not null, body text not null)',
  );
  // All statements of a transaction leave at once, as a caller that wants it fast would do.
  const transaction = async (kind: Kind, text: string): Promise<void> => {
    const begun = client.query('begin');
    let recorded: Promise<unknown>;
    if (kind === 'alone') {
      const { recordId, workspaceId, body } = draftOf(text);
      recorded = client.query({
        name: 'bench_alone',
        text: 'insert into bench_alone (attestation_id, workspace_id, recorded_at, body) values ($1, $2, $3, $4)',
        values: [recordId, workspaceId, Date.now(), body],
      });
    } else if (kind === 'record') {
      const { recordId, workspaceId, body } = draftOf(text);
      recorded = client.query({
        name: 'bench_record',
        text: `insert into aegis_siem_attestations (attestation_id, workspace_id, body) values ($1, $2, $3)
          on conflict (attestation_id) do nothing returning record_no`,
        values: [recordId, workspaceId, body],
      });
    } else recorded = recordAttestation(client, text, { prepare: kind === 'prepared' });
    const committed = client.query('commit');
    await Promise.all([begun, recorded, committed]);
  };
  const times = await interleave(POSTGRES_KINDS, rounds, transaction);
  await client.end();
  await store.close();
  await postgres.close();
  return times;
}

function draftOf(text: string): RecordDraft {
  const parsed = parseAttestation(text);
  if (!parsed.ok) throw new Error(parsed.refusal.message);
  const { attestation_id: recordId, workspace_id: workspaceId } = parsed.attestation;
  return { recordId, workspaceId, body: parsed.text };
}

async function interleave(
  kinds: readonly Kind[],
  rounds: number,
  transaction: (kind: Kind, text: string) => Promise<void>,
): Promise<RecordingTimes> {
  const texts = Object.fromEntries(
    kinds.map((kind, index) => [
      kind,
      [
        ...generateAttestations({
          seed: index + 1,
          count: rounds,
          workspaceId: kind === 'noDestination' ? 'ws-other' : WORKSPACE,
        }),
      ],
    ]),
  ) as Record<Kind, string[]>;
  const times: Record<Kind, number[]> = {
    alone: [],
    record: [],
    noDestination: [],
    enqueued: [],
    prepared: [],
  };
  const warmUp = Math.floor(rounds / 10);
  for (let round = 0; round < rounds; round += 1) {
    // The order turns, so that none always follows the same other one.
    for (let turn = 0; turn < kinds.length; turn += 1) {
      const kind = kinds[(round + turn) % kinds.length] ?? 'alone';
      const startedMs = performance.now();
      await transaction(kind, texts[kind][round] ?? '');
      if (round >= warmUp) times[kind].push(performance.now() - startedMs);
    }
  }
  return times;
}
