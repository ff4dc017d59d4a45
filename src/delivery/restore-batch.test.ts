import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainBody, plainRenderer } from '../../test/delivery/plain-renderer.ts';
import { plainEncoding } from '../../test/support/plain-encoding.ts';
import type { OpenRow } from '../outbox/delivery-store.ts';
import { formBatch } from './form-batch.ts';
import type { FormedBatch } from './form-batch.ts';
import { readyEvents } from './ready-event.ts';
import type { Renderer } from './renderer.ts';
import type { Rendering } from './rendering.ts';
import { dissolveBatch, restoreEvents } from './restore-batch.ts';

function renderingWith(renderer: Renderer): Rendering {
  return {
    stream: { streamId: 'stream', epochNo: 1, epoch: 'epoch' },
    workspaceId: 'ws-1',
    ocsf: { classUid: 2001, version: '1.1.0' },
    destinationVersion: 1,
    renderer,
    connector: {
      limits: { maxEvents: 10, maxBodyBytes: 10_000, perEventOverheadBytes: 0, maxEventSize: 10_000 },
      encode: plainEncoding,
    },
  };
}

const rows: OpenRow[] = [1, 2, 3].map((recordNo) => ({
  recordNo,
  source: 'attestation',
  recordId: `e${recordNo}`,
  body: plainBody(`e${recordNo}`, { broken: recordNo === 2 }),
  replayed: recordNo === 3,
}));
const rendering = renderingWith(plainRenderer());

function formed(): FormedBatch {
  const batch = formBatch(rows, 11, rendering, { maxEvents: 10, maxBytes: 10_000 }, 5_000);
  assert.ok(batch !== undefined);
  return batch;
}

void test('a batch made again from its records has the same bytes, tombstones and replay marks included', () => {
  const batch = formed();
  const records = rows.map((row) => ({ ...row, replayed: false }));
  assert.deepEqual(restoreEvents(batch.draft, records, rendering), readyEvents(batch.places));
});

void test('one other byte, another key or a missing record means that it is not the batch any more', () => {
  const { draft } = formed();
  const otherBytes: Renderer = {
    ...plainRenderer('v2'),
    renderKey: (ocsf) => plainRenderer().renderKey(ocsf),
  };
  assert.equal(restoreEvents(draft, rows, renderingWith(otherBytes)), undefined);
  const otherKey = { ...plainRenderer(), renderKey: () => 'other' };
  assert.equal(restoreEvents(draft, rows, renderingWith(otherKey)), undefined);
  assert.equal(restoreEvents(draft, rows.slice(0, 2), rendering), undefined);
});

void test('a dissolved batch keeps its numbers and names every event that stood there; no record is in it', () => {
  const { draft } = formed();
  const dissolved = dissolveBatch(draft, rows, rendering, 9_000);
  assert.equal(dissolved.draft.firstSeq, 11);
  assert.deepEqual(dissolved.draft.recordNos, [null, null, null]);
  assert.deepEqual(
    dissolved.draft.tombstones.map(({ reason, metadataUid, recordNo, dead }) => [
      reason,
      metadataUid,
      recordNo,
      dead,
    ]),
    [
      ['re_rendered', 'e1', 1, undefined],
      ['re_rendered', 'e2', 2, undefined],
      ['re_rendered', 'e3', 3, undefined],
    ],
  );
  assert.equal(
    dissolved.draft.tombstones[0]?.originalSha256,
    Buffer.from(draft.hashes.slice(0, 32)).toString('hex'),
  );
  assert.deepEqual(restoreEvents(dissolved.draft, [], rendering), dissolved.events);
});

void test('a batch ends before the event that would pass its bounds, and a single larger one goes alone', () => {
  const bound = (maxEvents: number, maxBytes: number) =>
    formBatch(rows, 1, rendering, { maxEvents, maxBytes }, 0)?.rowsUsed;
  const sizes = formed().places.map((place) => place.encoded.bytes);
  const two = (sizes[0] ?? 0) + (sizes[1] ?? 0);
  assert.equal(bound(2, 10_000), 2);
  assert.equal(bound(10, two + 2), 2);
  assert.equal(bound(10, 1), 1);
  assert.equal(formBatch([], 1, rendering, { maxEvents: 1, maxBytes: 1 }, 0), undefined);
});
