import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';

/** What a store says at the end of a run. */
export interface StoreFacts {
  readonly recorded: readonly string[];
  /** Open rows, by destination name. */
  readonly waiting: Readonly<Record<string, readonly string[]>>;
  /** Dead letters, by destination name. */
  readonly dead: Readonly<Record<string, readonly string[]>>;
  /** Those with a record in them: a last checkpoint may wait for its acknowledgement when the service stops. */
  readonly openBatches: number;
  readonly lanes: readonly LaneFacts[];
  /** `ok`, or what the store's own check found. */
  readonly integrity: string;
  /** `SQLite 3.x` or `PostgreSQL 18.x`. */
  readonly version: string;
}

export interface LaneFacts {
  readonly destination: string;
  readonly epochNo: number;
  readonly epoch: string;
  readonly nextSeq: number;
}

type Ask = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** Reads a store from outside, with plain SQL: what the product says about itself is not asked. */
export async function readStoreFacts(storeUrl: string): Promise<StoreFacts> {
  if (storeUrl.startsWith('sqlite:')) {
    const database = new DatabaseSync(storeUrl.slice('sqlite:'.length));
    try {
      const ask: Ask = (sql) => Promise.resolve(database.prepare(sql).all());
      const [check] = await ask('pragma integrity_check');
      const [version] = await ask('select sqlite_version() as version');
      return await factsOf(
        ask,
        'select value as record_no from json_each(b.record_nos)',
        String(check?.['integrity_check']),
        `SQLite ${String(version?.['version'])}`,
      );
    } finally {
      database.close();
    }
  }
  const client = new Client({ connectionString: storeUrl });
  await client.connect();
  try {
    const ask: Ask = async (sql) => (await client.query<Record<string, unknown>>(sql)).rows;
    const [version] = await ask('show server_version');
    return await factsOf(
      ask,
      'select n as record_no from unnest(b.record_nos) n',
      await checkIndexes(ask),
      `PostgreSQL ${String(version?.['server_version'])}`,
    );
  } finally {
    await client.end();
  }
}

/** `recordsOfBatch`: the record numbers of batch `b`, which the two stores keep in different ways. */
async function factsOf(
  ask: Ask,
  recordsOfBatch: string,
  integrity: string,
  version: string,
): Promise<StoreFacts> {
  const ids = (rows: Awaited<ReturnType<Ask>>): string[] => rows.map((row) => String(row['id']));
  const byName = async (table: string): Promise<Record<string, string[]>> => {
    const rows = await ask(
      `select d.name, a.attestation_id as id from ${table} o
       join aegis_siem_destinations d on d.destination_no = o.destination_no
       join aegis_siem_attestations a on a.record_no = o.record_no`,
    );
    const named: Record<string, string[]> = {};
    for (const row of rows) (named[String(row['name'])] ??= []).push(String(row['id']));
    return named;
  };
  const [batches] = await ask(
    `select count(*) as id from aegis_siem_batches b
     where exists (select 1 from (${recordsOfBatch}) r where r.record_no is not null)`,
  );
  const lanes = await ask(
    `select d.name, l.epoch_no, l.epoch, l.next_seq from aegis_siem_lanes l
     join aegis_siem_destinations d on d.destination_no = l.destination_no`,
  );
  return {
    recorded: ids(await ask('select attestation_id as id from aegis_siem_attestations')),
    waiting: await byName('aegis_siem_outbox'),
    dead: await byName('aegis_siem_dead_letters'),
    openBatches: Number(batches?.['id']),
    lanes: lanes.map((row) => ({
      destination: String(row['name']),
      epochNo: Number(row['epoch_no']),
      epoch: String(row['epoch']),
      nextSeq: Number(row['next_seq']),
    })),
    integrity,
    version,
  };
}

/** PostgreSQL has no check of its own for everything: a full read by index and one by table must find the same rows. */
async function checkIndexes(ask: Ask): Promise<string> {
  const count = async (plan: 'indexscan' | 'seqscan'): Promise<string> => {
    await ask(`set enable_${plan} = off`);
    const [row] = await ask(
      'select count(*) as n, sum(record_no) as s, max(attestation_id::text) as m from aegis_siem_attestations where record_no > 0',
    );
    await ask(`set enable_${plan} = on`);
    return JSON.stringify(row);
  };
  const [byTable, byIndex] = [await count('indexscan'), await count('seqscan')];
  return byTable === byIndex ? 'ok' : `by table ${byTable}, by index ${byIndex}`;
}
