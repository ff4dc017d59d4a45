import type {
  CheckpointQuery,
  EvidenceStore,
  BrokenGuard,
  StoredStream,
} from '../../outbox/evidence-store.ts';
import type { StoredCheckpoint } from '../../outbox/proof-store.ts';
import { checkpointOf, storedStreamOf } from '../checkpoint-rows.ts';
import { text } from '../column.ts';
import type { Database } from './database.ts';
import { readGuards } from './guards.ts';

/** What a judge of a PostgreSQL store reads. */
export class PostgresEvidenceStore implements EvidenceStore {
  readonly #database: Database;
  readonly #schema: string;

  constructor(database: Database, schema: string) {
    this.#database = database;
    this.#schema = schema;
  }

  brokenGuards(): Promise<readonly BrokenGuard[]> {
    return readGuards(this.#database, this.#schema);
  }

  async publicKeys(): Promise<readonly string[]> {
    const rows = await this.#database.all(
      `select public_key from @schema@.aegis_siem_keys where purpose = 'checkpoint'`,
    );
    return rows.map((row) => text(row, 'public_key'));
  }

  async streams(): Promise<readonly StoredStream[]> {
    const rows = await this.#database.all(
      `select l.destination_no, d.destination_id, l.stream_id, l.epoch_no, l.epoch, coalesce((
             select min(b.first_seq) from @schema@.aegis_siem_batches b
             where b.destination_no = l.destination_no and b.epoch_no = l.epoch_no), l.next_seq) as finished_below, d.state
       from @schema@.aegis_siem_lanes l join @schema@.aegis_siem_destinations d using (destination_no)
       order by l.destination_no`,
    );
    return rows.map(storedStreamOf);
  }

  async checkpoints({
    destinationNo,
    after,
    maxCheckpoints,
  }: CheckpointQuery): Promise<readonly StoredCheckpoint[]> {
    const rows = await this.#database.all(
      `select * from @schema@.aegis_siem_checkpoints where destination_no = $1 and (epoch_no, seq) > ($2, $3)
       order by epoch_no, seq limit $4`,
      [destinationNo, after.epochNo, after.seq, maxCheckpoints],
    );
    return rows.map(checkpointOf);
  }
}
