import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { addDestination } from '../../test/store-contract/store-fixtures.ts';
import { generateAttestations } from '../../test/support/generate-attestations.ts';
import type { Connector } from '../connectors/connector.ts';
import type { Outcome } from '../connectors/outcome.ts';
import type { JsonObject } from '../json.ts';
import { eventsOf, plainEncoding } from '../../test/support/plain-encoding.ts';
import type { WireEvent } from '../ocsf/ocsf-event.ts';
import { validateEvent } from '../ocsf/validate-event.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import { createDelivery } from './create-delivery.ts';
import type { Delivery } from './create-delivery.ts';

const WORKSPACE = 'ws-delivery';
const RECORDS = 2_000;
const OK: Outcome = { kind: 'delivered', answer: { status: 200, message: 'Success', durationMs: 1 } };

type Send = (events: readonly WireEvent[]) => Promise<Outcome>;

function connectorOf(send: Send): Connector {
  return {
    type: 'splunk_hec',
    address: 'https://splunk.example.com',
    limits: { maxEvents: 200, maxBodyBytes: 1_000_000, perEventOverheadBytes: 200, maxEventSize: 1_000_000 },
    encode: plainEncoding,
    send: (events) => send(eventsOf(events)),
    close: () => Promise.resolve(),
  };
}

void test('on SQLite, over a restart: every attestation is delivered or dead, valid, and numbered without a gap', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-delivery-'));
  const path = join(folder, 'aegis.db');
  const taken = new Map<number, string>();
  const openStore = async () => {
    const store = await openSqliteStore(path, { sidecarPath: join(folder, 'epochs.json') });
    await store.migrate();
    return store;
  };
  const run = (store: Awaited<ReturnType<typeof openStore>>, owner: string, send: Send): Delivery => {
    const delivery = createDelivery({
      store: store.delivery,
      connect: () => connectorOf(send),
      openCredentials: () => ({ token: 'opened' }),
      owner,
      logger: { info: () => {}, warn: () => {}, error: () => {} },
    });
    delivery.start();
    return delivery;
  };
  const take = (events: readonly WireEvent[]): void => {
    for (const { event, text } of events) {
      const seq = Number((event['metadata'] as JsonObject)['sequence']);
      assert.equal(taken.get(seq) ?? text, text, `number ${seq} has one text`);
      taken.set(seq, text);
    }
  };

  let store = await openStore();
  try {
    const destination = await addDestination(store, WORKSPACE, { batch: {} });
    const bodies = [...generateAttestations({ count: RECORDS, seed: 7, workspaceId: WORKSPACE })];
    const ids = bodies.map((body) => (JSON.parse(body) as { attestation_id: string }).attestation_id);
    await store.record.recordAttestations(
      bodies.map((body, index) => ({ recordId: ids[index] ?? '', workspaceId: WORKSPACE, body })),
    );

    // The first process hangs in the middle, and goes away with requests that were never answered.
    const hanging = Promise.withResolvers<void>();
    const first = run(store, 'first', (events) => {
      if (taken.size > RECORDS / 3) {
        hanging.resolve();
        return new Promise(() => {});
      }
      take(events);
      return Promise.resolve(OK);
    });
    await hanging.promise;
    await first.stop(10);
    await store.close();
    store = await openStore();
    const { openBatches } = await store.admin.readProgress(destination.destinationNo);
    assert.ok(openBatches > 0, 'batches are open');

    // The second one meets an event that the destination refuses by number.
    const bad = ids[RECORDS - 10] ?? '';
    const second = run(store, 'second', (events) => {
      const culprit = events.findIndex(({ event }) => (event['metadata'] as JsonObject)['uid'] === bad);
      if (culprit === -1) {
        take(events);
        return Promise.resolve(OK);
      }
      take(events.slice(0, culprit));
      const answer = { status: 400, code: '6', message: 'Invalid data format', durationMs: 1 };
      return Promise.resolve({ kind: 'partial', taken: culprit, culprit, cause: 'poison', answer });
    });
    const deadlineMs = performance.now() + 30_000;
    for (;;) {
      const progress = await store.admin.readProgress(destination.destinationNo);
      if (progress.openRows === 0 && progress.openBatches === 0) break;
      assert.ok(performance.now() < deadlineMs, `within 30 s: ${progress.openRows} rows are open`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await second.stop();

    assert.equal(taken.size, RECORDS, 'one number for each record');
    assert.equal(Math.max(...taken.keys()), RECORDS, 'without a gap');
    const uids = new Set<unknown>();
    for (const text of taken.values()) {
      const event = JSON.parse(text) as JsonObject;
      uids.add((event['metadata'] as JsonObject)['uid']);
      const findings = validateEvent(event).filter((finding) => !finding.code.includes('deprecated'));
      assert.deepEqual(findings, []);
    }
    assert.deepEqual(
      ids.filter((id) => !uids.has(id)),
      [bad],
    );
    const dead = await store.admin.listDeadLetters({}, { limit: 10 });
    assert.deepEqual(
      dead.items.map((letter) => [letter.attestationId, letter.code]),
      [[bad, 'refused_by_destination']],
    );
    const story = await store.admin.listDeliveriesOf(ids[0] ?? '');
    assert.deepEqual(
      story.map((delivery) => delivery.status),
      ['delivered'],
    );
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});
