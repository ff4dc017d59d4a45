import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Answer } from '../../src/connectors/outcome.ts';
import type { BatchDraft } from '../../src/outbox/batch.ts';
import type { Lane, OpenRow, OpenRowQuery } from '../../src/outbox/delivery-store.ts';
import type { Destination } from '../../src/outbox/destination.ts';
import type { RecordDraft } from '../../src/outbox/record-store.ts';
import type { AuditRecord, Delivery, DestinationDraft } from '../../src/store/admin-store.ts';
import type { Store } from '../../src/store/store.ts';

/** Long enough that no test outlives it. */
export const LEASE_MS = 600_000;

export const ANSWER_200: Answer = Object.freeze({ status: 200, message: 'Success', durationMs: 7 });
export const ANSWER_503: Answer = Object.freeze({
  status: 503,
  code: '9',
  message: 'Server is busy',
  durationMs: 12,
});

export function newWorkspace(): string {
  return `ws-${randomUUID()}`;
}

export function auditRecord(workspaceId: string, given: Partial<AuditRecord> = {}): AuditRecord {
  return {
    auditId: randomUUID(),
    atMs: 1_795_500_000_000,
    workspaceId,
    actor: 'key:test',
    action: 'test',
    subjectId: 'subject',
    ...given,
  };
}

export function destinationDraft(
  workspaceId: string,
  given: Partial<DestinationDraft> = {},
): DestinationDraft {
  return {
    destinationId: randomUUID(),
    workspaceId,
    name: `Splunk ${randomUUID()}`,
    type: 'splunk_hec',
    state: 'active',
    config: { url: 'https://splunk.example.com:8088', index: 'aegis' },
    sealed: { token: 'v1.key-1.sealed' },
    fingerprints: { token: '0123456789ab' },
    ocsf: { classUid: 2001, version: '1.1.0' },
    batch: { maxEvents: 100 },
    // Without the events of its own making: sections that want them say so.
    sources: ['attestations', 'external'],
    ...given,
  };
}

export function addDestination(
  store: Store,
  workspaceId: string,
  given: Partial<DestinationDraft> = {},
): Promise<Destination> {
  return store.admin.createDestination(destinationDraft(workspaceId, given), auditRecord(workspaceId));
}

/** A text like an attestation's; the stores never look inside. */
export function recordDraft(workspaceId: string, given: Partial<RecordDraft> = {}): RecordDraft {
  const recordId = given.recordId ?? randomUUID();
  const body = JSON.stringify({
    attestation_id: recordId,
    workspace_id: workspaceId,
    verdict: 'deny',
    tool_name: 'crm.export',
  });
  return { recordId, workspaceId, body, ...given };
}

export interface Recorded extends RecordDraft {
  readonly recordNo: number;
}

/** Records `count` attestations and answers them with their numbers, in order. */
export async function recordSome(store: Store, workspaceId: string, count: number): Promise<Recorded[]> {
  const drafts = Array.from({ length: count }, () => recordDraft(workspaceId));
  const results = await store.record.recordAttestations(drafts);
  return drafts.map((draft, index) => {
    const result = results[index];
    assert.equal(result?.status, 'recorded');
    return { ...draft, recordNo: result.recordNo };
  });
}

export async function takeLane(store: Store, destination: Destination, owner = 'owner-1'): Promise<Lane> {
  const lane = await store.delivery.takeLane(destination.destinationNo, owner, LEASE_MS);
  assert.ok(lane !== undefined, `lane of ${destination.name} is free`);
  return lane;
}

export function openRows(
  store: Store,
  destination: Destination,
  given: Partial<OpenRowQuery> = {},
): Promise<readonly OpenRow[]> {
  return store.delivery.readOpenRows({
    destinationNo: destination.destinationNo,
    afterRecordNo: 0,
    maxRows: 10_000,
    maxBodyBytes: 100_000_000,
    exclude: [],
    ...given,
  });
}

/** The same without administrative events: a destination that is enabled again is told of its gap. */
export async function isOpen(
  store: Store,
  destination: Destination,
  { recordNo }: Pick<Recorded, 'recordNo'>,
): Promise<boolean> {
  return (await openRows(store, destination)).some((row) => row.recordNo === recordNo);
}

export async function openAttestations(store: Store, destination: Destination): Promise<readonly OpenRow[]> {
  return (await openRows(store, destination)).filter(({ source }) => source !== 'admin');
}

/** A batch of these records at the lane's next number. Place i has hash bytes `i % 256`. */
export function batchDraft(
  lane: Lane,
  recordNos: readonly (number | null)[],
  given: Partial<BatchDraft> = {},
): BatchDraft {
  return {
    epochNo: lane.epochNo,
    firstSeq: lane.nextSeq,
    recordNos,
    hashes: Uint8Array.from({ length: recordNos.length * 32 }, (_, byte) => Math.floor(byte / 32) % 256),
    tombstones: [],
    leftOut: [],
    destinationVersion: 1,
    renderKey: 'renderer-1',
    replayed: [],
    ...given,
  };
}

/** Forms and completes one batch of these records. */
export async function deliver(
  store: Store,
  lane: Lane,
  recordNos: readonly number[],
  given: Partial<BatchDraft> = {},
): Promise<void> {
  const draft = batchDraft(lane, recordNos, given);
  assert.equal(await store.delivery.formBatch(lane.lease, draft), true);
  const settled = await store.delivery.completeBatch(lane.lease, draft, {
    answer: ANSWER_200,
    deadLetters: [],
  });
  assert.equal(settled, 'settled');
}

/** Makes a dead letter of one record the way the engine does: its tombstone was taken. */
export async function makeDead(store: Store, lane: Lane, record: Recorded, code = 'refused_by_destination') {
  const draft = batchDraft(lane, [record.recordNo], {
    tombstones: [
      {
        index: 0,
        reason: 'refused',
        recordNo: record.recordNo,
        metadataUid: record.recordId,
        originalSha256: 'ab'.repeat(32),
        timeMs: 1_795_500_000_000,
        dead: { code, message: 'The destination refused the event', answer: ANSWER_503 },
      },
    ],
  });
  assert.equal(await store.delivery.formBatch(lane.lease, draft), true);
  const settled = await store.delivery.completeBatch(lane.lease, draft, {
    answer: ANSWER_200,
    deadLetters: [
      {
        recordNo: record.recordNo,
        code,
        message: 'The destination refused the event',
        answer: ANSWER_503,
        attempts: 3,
      },
    ],
  });
  assert.equal(settled, 'settled');
}

export async function statusesOf(store: Store, attestationId: string): Promise<string[]> {
  const deliveries: readonly Delivery[] = await store.admin.listDeliveriesOf(attestationId);
  return deliveries.map((delivery) => delivery.status);
}

/** Takes steps of the reconciler until `done` is true, and adds up what they enqueued. */
export async function reconcileUntil(
  store: Store,
  done: () => Promise<boolean>,
): Promise<{ missed: number; repaired: number; steps: number }> {
  const deadline = performance.now() + 20_000;
  let [missed, repaired, steps] = [0, 0, 0];
  for (;;) {
    const report = await store.delivery.reconcile({ maxRecords: 100, maxMissed: 100 });
    missed += report.missedEnqueued;
    repaired += report.repairedEnqueued;
    steps += 1;
    if (!report.more && (await done())) return { missed, repaired, steps };
    // On PostgreSQL a record waits until transactions that were open beside it have ended, in whichever database.
    assert.ok(performance.now() < deadline, 'the reconciler comes to an end within 20 s');
  }
}
