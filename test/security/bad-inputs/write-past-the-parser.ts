import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { WORKSPACE } from '../../api/installation.ts';
import type { BadInputWorld } from './bad-input-world.ts';

/** No attestation: its id is a number, and all else is missing. */
const BODY = '{"attestation_id":7}';

const ENQUEUE = `insert into aegis_siem_outbox (destination_no, record_no, attestation_id)
  select d.destination_no, a.record_no, a.attestation_id from aegis_siem_destinations d, aegis_siem_attestations a`;

/** A record that no parser has seen, waiting for the destination that is well. Answers its id. */
export async function writePastTheParser(world: BadInputWorld): Promise<string> {
  const id = randomUUID();
  if (world.store === 'sqlite') {
    using database = new DatabaseSync(world.installation.file('aegis.db'), { timeout: 5_000 });
    database.exec('begin immediate');
    database.exec('update aegis_siem_record_counter set last_record_no = last_record_no + 1');
    database
      .prepare(
        `insert into aegis_siem_attestations (record_no, attestation_id, workspace_id, recorded_at, body)
         select last_record_no, ?, ?, unixepoch() * 1000, ? from aegis_siem_record_counter`,
      )
      .run(id, WORKSPACE, BODY);
    database
      .prepare(`${ENQUEUE} where d.destination_id = ? and a.attestation_id = ?`)
      .run(world.destinationId, id);
    database.exec('commit');
    return id;
  }
  const client = new Client({ connectionString: world.storeUrl });
  await client.connect();
  try {
    await client.query('begin');
    await client.query(
      'insert into aegis_siem_attestations (attestation_id, workspace_id, body) values ($1, $2, $3)',
      [id, WORKSPACE, BODY],
    );
    await client.query(`${ENQUEUE} where d.destination_id = $1 and a.attestation_id = $2`, [
      world.destinationId,
      id,
    ]);
    await client.query('commit');
    return id;
  } finally {
    await client.end();
  }
}
