import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Lane } from '../../src/outbox/delivery-store.ts';
import type { Destination } from '../../src/outbox/destination.ts';
import { checkpointBody } from '../../src/proof/checkpoint-body.ts';
import { type CheckpointKey, signCheckpoint } from '../../src/proof/checkpoint-key.ts';
import { CheckpointRange } from '../../src/proof/checkpoint-range.ts';
import { checkpointSha256 } from '../../src/proof/checkpoint-statement.ts';
import type { SignedCheckpoint } from '../../src/proof/checkpoint.ts';
import { isSealedBy, type SealableReceipt, sealReceipts } from '../../src/proof/receipt-seal.ts';
import type { Store } from '../../src/store/store.ts';
import { judgeStore, type StoreOptions, type StoreVerdict } from '../../src/verify/judge-store.ts';
import {
  addDestination,
  deliver,
  newWorkspace,
  recordDraft,
  type Recorded,
  recordSome,
  takeLane,
} from '../store-contract/store-fixtures.ts';
import { chainAll, chainerOf, faultsOf } from './chained-store.ts';
import { KEYS } from './stream-world.ts';

const CHECKPOINT_MS = 300_000;

/** A store with records, their chain, and a stream with receipts and checkpoints, as the service leaves them. */
export class StoreWorld {
  readonly store: Store;
  readonly workspaceId = newWorkspace();
  readonly destination: Destination;
  nextSeq = 1;
  key: CheckpointKey = KEYS[0];
  #lane: Lane;
  #last: SignedCheckpoint | undefined;

  private constructor(store: Store, destination: Destination, lane: Lane, workspaceId: string) {
    this.store = store;
    this.destination = destination;
    this.#lane = lane;
    this.workspaceId = workspaceId;
  }

  static async open(store: Store): Promise<StoreWorld> {
    const workspaceId = newWorkspace();
    const destination = await addDestination(store, workspaceId);
    return new StoreWorld(store, destination, await takeLane(store, destination), workspaceId);
  }

  get lane(): Lane {
    return { ...this.#lane, nextSeq: this.nextSeq };
  }

  record(count: number): Promise<Recorded[]> {
    return recordSome(this.store, this.workspaceId, count);
  }

  /** Gives out a number that no record gets: the record is there already. */
  async leaveNumberUnused(of: Recorded): Promise<void> {
    await this.store.record.recordAttestations([of]);
  }

  async recordEvent(): Promise<void> {
    await this.store.record.recordEvents([{ ...recordDraft(this.workspaceId), source: 'external' as const }]);
  }

  chain(): Promise<void> {
    return chainAll(this.store, chainerOf(this.store, { keys: [this.key] }));
  }

  /** One batch of these records. */
  async deliver(recordNos: readonly number[]): Promise<void> {
    const hashes = Buffer.concat(
      recordNos.map((no) => createHash('sha256').update(`event of ${no}`).digest()),
    );
    await deliver(this.store, this.lane, recordNos, { hashes });
    this.nextSeq += recordNos.length;
  }

  /** As the lane's owner makes one: sealed, stored, then delivered under the next number. */
  async checkpoint(given: { readonly madeAtMs?: number; readonly stopped?: boolean } = {}): Promise<void> {
    const { proof } = this.store;
    const { destinationNo } = this.destination;
    const { epochNo, epoch, streamId: stream } = this.#lane;
    const last = this.#last;
    const fromSeq = (last?.toSeq ?? 0) + 1;
    const range = new CheckpointRange(fromSeq);
    const receipts: SealableReceipt[] = [];
    const finished = await proof.finishedPlaces({ destinationNo, epochNo, fromSeq, maxReceipts: 1_000 });
    for (const receipt of finished) {
      range.add({ ...receipt, filter: 'none' });
      if (receipt.sha256 !== undefined) receipts.push({ ...receipt, sha256: receipt.sha256 });
    }
    const madeAtMs = given.madeAtMs ?? Date.now();
    const { tip } = await this.store.chain.readHead();
    const checkpoint = signCheckpoint(
      {
        stream,
        epoch,
        seq: this.nextSeq,
        ...range.summary('none'),
        ...(last === undefined
          ? {}
          : { previous: { epoch: last.epoch, seq: last.seq, sha256: checkpointSha256(last) } }),
        madeAtMs,
        ...(given.stopped === true ? {} : { nextDueMs: madeAtMs + CHECKPOINT_MS }),
        keyId: this.key.keyId,
        ...(tip === undefined || tip.linkNo === 0
          ? {}
          : { chain: { linkNo: tip.linkNo, sha256: tip.sha256 } }),
      },
      this.key,
    );
    const sealed = receipts.filter((receipt) => isSealedBy(receipt, checkpoint));
    const isSaved = await proof.saveCheckpoint(
      this.lane.lease,
      {
        destinationNo,
        epochNo,
        seq: checkpoint.seq,
        body: JSON.stringify(checkpointBody(checkpoint)),
        madeAtMs,
        seal: sealReceipts(sealed, checkpointSha256(checkpoint), this.key),
      },
      0,
    );
    assert.ok(isSaved, 'the lane is ours');
    const hashes = createHash('sha256').update(`checkpoint ${checkpoint.seq}`).digest();
    await deliver(this.store, this.lane, [], { recordNos: [null], hashes });
    this.nextSeq += 1;
    this.#last = checkpoint;
  }
}

export function judgeWhole(store: Store, given: Partial<StoreOptions> = {}): Promise<StoreVerdict> {
  const { chain, evidence, proof } = store;
  return judgeStore(
    {
      chain,
      evidence,
      streams: {
        checkpoints: evidence.checkpoints.bind(evidence),
        finishedPlaces: proof.finishedPlaces.bind(proof),
      },
    },
    { keys: [KEYS[0]], asOfMs: Date.now(), graceMs: 60_000, ...given },
  );
}

/** Every fault: `word subject numbers` of records, links, tip and triggers; `word number` of streams. */
export function allFaults({ chain, findings, streams }: StoreVerdict): string[] {
  return [
    ...faultsOf(chain),
    ...faultsOf({ findings }),
    ...streams.flatMap((stream) =>
      stream.findings.kept
        .filter(({ severity }) => severity === 'fault')
        .map(({ name, fromSeq }) => `${name} number ${fromSeq ?? '-'}`),
    ),
  ];
}
