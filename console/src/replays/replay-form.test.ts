import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idsOf, NEW_DRAFT, replayBody } from './replay-form.ts';

const draft = { ...NEW_DRAFT, destinationId: 'd1' };

test('gives no body while a field that is needed is empty', () => {
  assert.equal(replayBody(NEW_DRAFT), undefined);
  assert.equal(replayBody(draft), undefined);
  assert.equal(replayBody({ ...draft, kind: 'attestations', ids: ' , ' }), undefined);
});

test('gives the fields of the chosen kind and no others, with times in UTC', () => {
  const filled = {
    ...draft,
    from: '2026-11-24T10:00',
    to: '2026-11-24T11:00',
    ids: 'a',
    rate: '50',
    reason: ' x ',
  };
  const from = new Date('2026-11-24T10:00').toISOString();
  const to = new Date('2026-11-24T11:00').toISOString();
  const common = { destination_id: 'd1', rate_per_second: 50, reason: 'x' };
  assert.deepEqual(replayBody(filled), { ...common, from, to });
  assert.deepEqual(replayBody({ ...filled, to: '' }), { ...common, from });
  assert.deepEqual(replayBody({ ...filled, kind: 'missing' }), { ...common, missing_since: from });
  assert.deepEqual(replayBody({ ...filled, kind: 'attestations' }), { ...common, attestation_ids: ['a'] });
});

test('takes ids however they were pasted, each once', () => {
  assert.deepEqual(idsOf('a\nb, c;a\t\n'), ['a', 'b', 'c']);
});
