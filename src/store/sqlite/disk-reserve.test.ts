import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { openTestStore } from '../../../test/support/sqlite-store.ts';
import {
  newWorkspace,
  openRows,
  recordDraft,
  addDestination,
} from '../../../test/store-contract/store-fixtures.ts';
import { generateAttestations } from '../../../test/support/generate-attestations.ts';
import { recordAttestation } from '../record-attestation.ts';
import { StoreUnavailableError } from '../store-unavailable-error.ts';
import { DiskReserve, SYSTEM_FREE_BYTES } from './disk-reserve.ts';

/** More than any disk has: the reserve is always reached. */
const BEYOND_ANY_DISK = 2 ** 52;

describe('the reserve on the disk of a SQLite store', () => {
  it('refuses below it, takes again above it, and warns once on the way down', () => {
    let freeBytes = 300;
    const warned: unknown[] = [];
    const reserve = new DiskReserve({
      folder: '/data',
      reserveBytes: 100,
      freeBytesOf: (folder) => (folder === '/data' ? freeBytes : undefined),
      logger: { warn: ({ code, freeBytes: free }) => warned.push([code, free]) },
    });
    const refused = [300, 199, 150, 100, 99, 0, 100, 201, 50].map((free) => {
      freeBytes = free;
      return reserve.refusal()?.code;
    });
    const code = 'disk_reserve';
    assert.deepEqual(refused, [
      undefined,
      undefined,
      undefined,
      undefined,
      code,
      code,
      undefined,
      undefined,
      code,
    ]);
    assert.deepEqual(warned, [
      ['disk_low', 199],
      ['disk_low', 50],
    ]);
  });

  it('does not refuse where the file system says nothing, and not when it is off', () => {
    const silent = { folder: '/data', freeBytesOf: () => undefined };
    assert.equal(new DiskReserve({ ...silent, reserveBytes: 100 }).refusal(), undefined);
    const full = { folder: '/data', freeBytesOf: () => 0 };
    assert.equal(new DiskReserve({ ...full, reserveBytes: 0 }).refusal(), undefined);
  });

  it('sees the real disk', () => {
    assert.ok(Number(SYSTEM_FREE_BYTES(import.meta.dirname)) > 0);
    assert.equal(SYSTEM_FREE_BYTES('/no/such/folder'), undefined);
  });

  it('answers each record as failed, says what to do, keeps nothing, and leaves delivery alone', async () => {
    await using open = await openTestStore({ diskReserveBytes: BEYOND_ANY_DISK });
    const workspaceId = newWorkspace();
    const destination = await addDestination(open.store, workspaceId);
    const results = await open.store.record.recordAttestations([
      recordDraft(workspaceId),
      recordDraft(workspaceId),
    ]);
    assert.deepEqual(
      results.map((result) => (result.status === 'failed' ? result.code : result.status)),
      ['disk_reserve', 'disk_reserve'],
    );
    assert.ok(
      results.every((result) => result.status === 'failed' && /Make room, or lower/.test(result.message)),
    );
    assert.deepEqual(open.rows('select count(*) as n from aegis_siem_attestations'), [{ n: 0 }]);
    assert.deepEqual(await openRows(open.store, destination), []);
    const lane = await open.store.delivery.takeLane(destination.destinationNo, 'owner', 1_000);
    assert.equal(await open.store.delivery.renewLane(lane?.lease ?? assert.fail(), 1_000), true);
  });

  it('still takes administrative events: what an operator does while the disk is full is kept', async () => {
    await using open = await openTestStore({ diskReserveBytes: BEYOND_ANY_DISK });
    const draft = recordDraft(newWorkspace());
    const [admin] = await open.store.record.recordEvents([{ ...draft, source: 'admin' }]);
    assert.equal(admin?.status, 'recorded');
    const [external] = await open.store.record.recordEvents([
      { ...recordDraft(newWorkspace()), source: 'external' },
    ]);
    assert.equal(external?.status, 'failed');
  });

  it('makes recordAttestation throw a typed error, and nothing of the record is in the caller’s transaction', async () => {
    await using open = await openTestStore();
    const [text = ''] = generateAttestations({ seed: 1, count: 1, workspaceId: newWorkspace() });
    using tx = new DatabaseSync(open.path);
    tx.exec('begin immediate');
    await assert.rejects(
      recordAttestation(tx, text, { diskReserveBytes: BEYOND_ANY_DISK }),
      (error) => error instanceof StoreUnavailableError && error.code === 'disk_reserve',
    );
    assert.equal(tx.isTransaction, true);
    assert.deepEqual({ ...tx.prepare('select count(*) as n from aegis_siem_attestations').get() }, { n: 0 });
    assert.equal((await recordAttestation(tx, text)).status, 'recorded');
    tx.exec('commit');
  });

  it('is no matter for a store in memory', async () => {
    using memory = new DatabaseSync(':memory:');
    const [text = ''] = generateAttestations({ seed: 1, count: 1, workspaceId: newWorkspace() });
    await assert.rejects(
      recordAttestation(memory, text, { diskReserveBytes: BEYOND_ANY_DISK }),
      (error) => !(error instanceof StoreUnavailableError),
    );
  });
});
