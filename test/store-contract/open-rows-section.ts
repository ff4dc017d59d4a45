import assert from 'node:assert/strict';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import { addDestination, newWorkspace, openRows, recordDraft, recordSome } from './store-fixtures.ts';

export function openRowsSection(factory: StoreFactory): void {
  describeSection(factory, 'open rows', (section) => {
    section.test('are read in order from the cursor, up to the limit, without those in flight', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const numbers = (await recordSome(store, workspaceId, 10)).map((record) => record.recordNo);
      const read = async (given: Parameters<typeof openRows>[2]): Promise<number[]> =>
        (await openRows(store, destination, given)).map((row) => row.recordNo);
      assert.deepEqual(await read({}), numbers);
      assert.deepEqual(await read({ maxRows: 3 }), numbers.slice(0, 3));
      assert.deepEqual(await read({ afterRecordNo: numbers[6] ?? 0 }), numbers.slice(7));
      assert.deepEqual(await read({ exclude: numbers.slice(0, 4), maxRows: 2 }), numbers.slice(4, 6));
      assert.deepEqual(
        await read({ afterRecordNo: numbers[2] ?? 0, exclude: numbers.slice(1, 9) }),
        numbers.slice(9),
      );
      assert.deepEqual(await read({ exclude: numbers }), []);
    });

    section.test('stop after the row that crosses the limit of bytes', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      // Two bytes each in UTF-8, one character each: the limit is in bytes.
      const body = JSON.stringify('é'.repeat(499));
      await store.record.recordAttestations(
        Array.from({ length: 6 }, () => recordDraft(workspaceId, { body })),
      );
      assert.equal((await openRows(store, destination, { maxBodyBytes: 1_000 })).length, 1);
      assert.equal((await openRows(store, destination, { maxBodyBytes: 1_001 })).length, 2);
      assert.equal((await openRows(store, destination, { maxBodyBytes: 3_500 })).length, 4);
      assert.equal((await openRows(store, destination, { maxBodyBytes: 1 })).length, 1);
    });

    section.test('come with any text exactly as recorded', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const bodies = ['{"a":"\u001f\u001e,;|\\\\n"}', '"😀\u2028\'\'\\""', '[]', '{"b":"{},[]"}'];
      await store.record.recordAttestations(bodies.map((body) => recordDraft(workspaceId, { body })));
      assert.deepEqual(
        (await openRows(store, destination)).map((row) => row.body),
        bodies,
      );
    });

    section.test('their records can be read by number again; missing ones are left out', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const records = await recordSome(store, workspaceId, 3);
      const event = { ...recordDraft(workspaceId, { recordId: 'uid-7' }), source: 'admin' as const };
      const [result] = await store.record.recordEvents([event]);
      assert.equal(result?.status, 'recorded');
      const wanted = [...records.map((record) => record.recordNo), result.recordNo, 999_999_999];
      const rows = await store.delivery.readRecords(wanted);
      assert.deepEqual(
        [...rows]
          .sort((a, b) => a.recordNo - b.recordNo)
          .map(({ recordNo, source, recordId, body }) => ({ recordNo, source, recordId, body })),
        [
          ...records.map(({ recordNo, recordId, body }) => ({
            recordNo,
            source: 'attestation',
            recordId,
            body,
          })),
          { recordNo: result.recordNo, source: 'admin', recordId: 'uid-7', body: event.body },
        ],
      );
      assert.deepEqual(await store.delivery.readRecords([]), []);
    });
  });
}
