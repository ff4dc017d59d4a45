import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Client } from 'pg';
import { generateAttestations } from '../../test/support/generate-attestations.ts';
import { usePostgres } from '../../test/support/postgres.ts';
import { addDestination, newWorkspace, openRows } from '../../test/store-contract/store-fixtures.ts';
import { openPostgresStore } from './postgres/open-postgres-store.ts';
import { recordAttestation } from './record-attestation.ts';
import { siemEnqueue } from './siem-enqueue.ts';

void describe('the library functions on PostgreSQL', () => {
  void test("record and enqueue in the caller's transaction", { timeout: 120_000 }, async (t) => {
    const database = await usePostgres();
    const store = await openPostgresStore(database.url, {});
    const client = new Client({ connectionString: database.url });
    t.after(async () => {
      await client.end();
      await store.close();
      await database.close();
    });
    await store.migrate();
    await client.connect();
    const workspaceId = newWorkspace();
    const destination = await addDestination(store, workspaceId);
    const [text = ''] = [...generateAttestations({ seed: 3, count: 1, workspaceId })];
    let wakes = 0;
    const wake = (): void => {
      wakes += 1;
    };

    await client.query('begin');
    const result = await recordAttestation(client, text, { wake });
    assert.equal(result.status === 'recorded' && result.enqueued, 1);
    assert.equal((await client.query('commit')).command, 'COMMIT');
    assert.equal(wakes, 1);
    assert.equal((await openRows(store, destination))[0]?.body, text);

    await client.query('begin');
    const again = await siemEnqueue(client, result.status === 'recorded' ? result.attestationId : '', {
      wake,
    });
    await client.query('commit');
    assert.deepEqual(again, { status: 'enqueued', rows: 0 });
    assert.equal(wakes, 1);
  });
});
