import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import { newWorkspace, recordDraft, recordSome } from './store-fixtures.ts';

export function recordSection(factory: StoreFactory): void {
  describeSection(factory, 'record', (section) => {
    section.test('answers in the order of the items, each with a greater number', async () => {
      const recorded = await recordSome(section.store, newWorkspace(), 20);
      const numbers = recorded.map((record) => record.recordNo);
      assert.deepEqual(
        numbers,
        [...numbers].sort((a, b) => a - b),
      );
      assert.equal(new Set(numbers).size, 20);
    });

    section.test(
      'keeps the text exactly as it came, with its spaces, order and rare characters',
      async () => {
        const workspaceId = newWorkspace();
        const body = '{ "z":1,\t"a" : "ünï😀\u2028\\u0041",\n "n":1.50e+1 }';
        const draft = recordDraft(workspaceId, { body });
        await section.store.record.recordAttestations([draft]);
        const stored = await section.store.record.readAttestation(draft.recordId);
        assert.equal(stored?.body, body);
        assert.equal(stored.workspaceId, workspaceId);
        assert.ok(stored.recordedAtMs > 1_500_000_000_000);
      },
    );

    section.test('answers duplicate for the same id and bytes, also within one group', async () => {
      const draft = recordDraft(newWorkspace());
      const [first, second] = await section.store.record.recordAttestations([draft, draft]);
      assert.equal(first?.status, 'recorded');
      assert.deepEqual(second, { status: 'duplicate', recordId: draft.recordId });
      assert.deepEqual(await section.store.record.recordAttestations([draft]), [
        { status: 'duplicate', recordId: draft.recordId },
      ]);
    });

    section.test('answers conflict for the same id and other bytes, and keeps the first', async () => {
      const draft = recordDraft(newWorkspace());
      const other = { ...draft, body: `${draft.body} ` };
      await section.store.record.recordAttestations([draft]);
      assert.deepEqual(await section.store.record.recordAttestations([other]), [
        { status: 'conflict', recordId: draft.recordId },
      ]);
      assert.equal((await section.store.record.readAttestation(draft.recordId))?.body, draft.body);
    });

    section.test('one bad item in a large group costs no other item anything', async () => {
      const workspaceId = newWorkspace();
      const [known] = await recordSome(section.store, workspaceId, 1);
      assert.ok(known !== undefined);
      const drafts = Array.from({ length: 1_200 }, () => recordDraft(workspaceId));
      drafts[7] = { ...known, body: `${known.body} ` };
      drafts[1_100] = known;
      const results = await section.store.record.recordAttestations(drafts);
      assert.deepEqual(
        results.map((result) => result.recordId),
        drafts.map((draft) => draft.recordId),
      );
      assert.equal(results[7]?.status, 'conflict');
      assert.equal(results[1_100]?.status, 'duplicate');
      assert.equal(results.filter((result) => result.status === 'recorded').length, 1_198);
    });

    section.test('takes an empty list and answers with an empty list', async () => {
      assert.deepEqual(await section.store.record.recordAttestations([]), []);
      assert.deepEqual(await section.store.record.recordEvents([]), []);
    });

    section.test('holds the uid of another event to its workspace', async () => {
      const recordId = `uid-${randomUUID()}`;
      const here = { ...recordDraft(newWorkspace(), { recordId }), source: 'external' as const };
      const there = { ...here, workspaceId: newWorkspace() };
      const [first, again, other, elsewhere] = await section.store.record.recordEvents([
        here,
        here,
        { ...here, body: `${here.body} ` },
        there,
      ]);
      assert.equal(first?.status, 'recorded');
      assert.deepEqual(again, { status: 'duplicate', recordId });
      assert.deepEqual(other, { status: 'conflict', recordId });
      assert.equal(elsewhere?.status, 'recorded');
    });

    section.test('knows nothing of an attestation that was never recorded', async () => {
      assert.equal(await section.store.record.readAttestation(randomUUID()), undefined);
    });
  });
}
