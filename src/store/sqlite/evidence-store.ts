import type { DatabaseSync } from 'node:sqlite';
import type {
  BrokenGuard,
  CheckpointQuery,
  EvidenceStore,
  StoredStream,
} from '../../outbox/evidence-store.ts';
import type { StoredCheckpoint } from '../../outbox/proof-store.ts';
import { checkpointOf, storedStreamOf } from '../checkpoint-rows.ts';
import { text } from '../column.ts';
import { SqliteConnection } from './connection.ts';
import { migrate, readMigrations } from './migrate.ts';

/** What a judge of an embedded store reads. */
export class SqliteEvidenceStore implements EvidenceStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /** Holds the triggers against those that the migrations make in a database of their own. */
  async brokenGuards(): Promise<readonly BrokenGuard[]> {
    const model = new SqliteConnection(':memory:');
    try {
      migrate(model, readMigrations());
      const wanted = triggersOf(model.statements.db);
      const found = this.#connection.read(({ db }) => triggersOf(db));
      const broken: BrokenGuard[] = [];
      for (const [trigger, sql] of wanted) {
        const there = found.get(trigger);
        if (there === undefined) broken.push({ trigger, problem: 'missing' });
        else if (there !== sql) broken.push({ trigger, problem: 'changed' });
      }
      for (const trigger of found.keys())
        if (!wanted.has(trigger)) broken.push({ trigger, problem: 'foreign' });
      return broken;
    } finally {
      model.close();
    }
  }

  async publicKeys(): Promise<readonly string[]> {
    return this.#connection.read((statements) =>
      statements
        .all(`select public_key from aegis_siem_keys where purpose = 'checkpoint'`)
        .map((row) => text(row, 'public_key')),
    );
  }

  async streams(): Promise<readonly StoredStream[]> {
    return this.#connection.read((statements) =>
      statements
        .all(
          `select l.destination_no, d.destination_id, l.stream_id, l.epoch_no, l.epoch, coalesce((
             select min(b.first_seq) from aegis_siem_batches b
             where b.destination_no = l.destination_no and b.epoch_no = l.epoch_no), l.next_seq) as finished_below, d.state
           from aegis_siem_lanes l join aegis_siem_destinations d using (destination_no) order by l.destination_no`,
        )
        .map(storedStreamOf),
    );
  }

  async checkpoints({
    destinationNo,
    after,
    maxCheckpoints,
  }: CheckpointQuery): Promise<readonly StoredCheckpoint[]> {
    return this.#connection.read((statements) =>
      statements
        .all(
          `select * from aegis_siem_checkpoints where destination_no = ? and (epoch_no, seq) > (?, ?)
           order by epoch_no, seq limit ?`,
          destinationNo,
          after.epochNo,
          after.seq,
          maxCheckpoints,
        )
        .map(checkpointOf),
    );
  }
}

/** Triggers on our tables, whatever they are called, with their text. */
function triggersOf(db: DatabaseSync): ReadonlyMap<string, string> {
  const rows = db
    .prepare(
      `select name, sql from sqlite_schema where type = 'trigger' and tbl_name like 'aegis\\_siem%' escape '\\'`,
    )
    .all();
  return new Map(rows.map(({ name, sql }) => [String(name), String(sql).replaceAll(/\s+/g, ' ')]));
}
