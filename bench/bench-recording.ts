/** What the enqueue adds to a recording transaction: each round does one transaction of each kind, in turn. */
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { recordAttestation } from '../src/store/record-attestation.ts';
import { openStore } from '../src/store/open-store.ts';
import { usePostgres } from '../test/support/postgres.ts';
import { generateAttestations } from '../test/support/generate-attestations.ts';
import { parseAttestation } from '../src/attestation/parse-attestation.ts';
import { addBenchDestination } from './bench-destination.ts';

const WORKSPACE = 'ws-bench';

/** Milliseconds of each transaction. */
export interface RecordingTimes {
  /** Parse and one insert of the record, committed. */
  readonly alone: readonly number[];
  /** `recordAttestation` in a workspace without a destination: the enqueue runs and writes no row. */
  readonly noDestination: readonly number[];
  /** `recordAttestation` with one active destination. */
  readonly enqueued: readonly number[];
}

type Kind = keyof RecordingTimes;
const KINDS: readonly Kind[] = ['alone', 'noDestination', 'enqueued'];

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
  const transaction = async (kind: Kind, text: string): Promise<void> => {
    db.exec('begin immediate');
    if (kind === 'alone') {
      const parsed = parseAttestation(text);
      if (parsed.ok)
        insert.run(parsed.attestation.attestation_id, parsed.attestation.workspace_id, Date.now(), text);
    } else await recordAttestation(db, text);
    db.exec('commit');
  };
  const times = await interleave(rounds, transaction);
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
      const parsed = parseAttestation(text);
      if (!parsed.ok) throw new Error(parsed.refusal.message);
      const { attestation_id, workspace_id } = parsed.attestation;
      recorded = client.query({
        name: 'bench_alone',
        text: 'insert into bench_alone (attestation_id, workspace_id, recorded_at, body) values ($1, $2, $3, $4)',
        values: [attestation_id, workspace_id, Date.now(), text],
      });
    } else recorded = recordAttestation(client, text);
    const committed = client.query('commit');
    await Promise.all([begun, recorded, committed]);
  };
  const times = await interleave(rounds, transaction);
  await client.end();
  await store.close();
  await postgres.close();
  return times;
}

async function interleave(
  rounds: number,
  transaction: (kind: Kind, text: string) => Promise<void>,
): Promise<RecordingTimes> {
  const texts = Object.fromEntries(
    KINDS.map((kind, index) => [
      kind,
      [
        ...generateAttestations({
          seed: index + 1,
          count: rounds,
          workspaceId: kind === 'enqueued' ? WORKSPACE : 'ws-other',
        }),
      ],
    ]),
  ) as Record<Kind, string[]>;
  const times: Record<Kind, number[]> = { alone: [], noDestination: [], enqueued: [] };
  const warmUp = Math.floor(rounds / 10);
  for (let round = 0; round < rounds; round += 1) {
    // The order turns, so that none always follows the same other one.
    for (let turn = 0; turn < KINDS.length; turn += 1) {
      const kind = KINDS[(round + turn) % KINDS.length] ?? 'alone';
      const startedMs = performance.now();
      await transaction(kind, texts[kind][round] ?? '');
      if (round >= warmUp) times[kind].push(performance.now() - startedMs);
    }
  }
  return times;
}
