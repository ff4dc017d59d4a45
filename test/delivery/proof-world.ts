import type { CheckpointParts } from '../../src/delivery/checkpoint-keeper.ts';
import type { Delivery, DeliveryOptions } from '../../src/delivery/create-delivery.ts';
import { ocsfRenderer } from '../../src/delivery/ocsf-renderer.ts';
import type { Outcome } from '../../src/connectors/outcome.ts';
import type { WireEvent } from '../../src/ocsf/ocsf-event.ts';
import { type CheckpointKey, makeCheckpointKey } from '../../src/proof/checkpoint-key.ts';
import { MemoryProofStore } from '../../src/store/memory/memory-proof-store.ts';
import { seedRecord } from '../../src/store/memory/memory-seed.ts';
import type { Finding } from '../../src/verify/finding.ts';
import { Verification, type Verdict } from '../../src/verify/verification.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { DeliveryWorld } from './delivery-world.ts';
import { answer, type FakeReceiver } from './fake-receiver.ts';

export const CHECKPOINT_MS = 300_000;

export const delivered: Outcome = { kind: 'delivered', answer: answer(200, '0') };

/** A world with the product's own events, checkpoints, and all that the destination took. */
export class ProofWorld {
  readonly world = new DeliveryWorld();
  readonly proof = new MemoryProofStore(this.world.store);
  readonly texts: string[] = [];
  readonly receiver: FakeReceiver;
  /** What the destination does with events that it looked at; takes them by default. */
  behaviour: (events: readonly WireEvent[], take: () => void) => Outcome = (_events, take) => {
    take();
    return delivered;
  };
  keys: readonly CheckpointKey[] = [makeCheckpointKey()];
  readonly #records = generateAttestations({ seed: 5, count: 10_000 });

  constructor() {
    this.receiver = this.world.destination(1, (events) =>
      this.behaviour(events, () => void this.texts.push(...events.map(({ text }) => text))),
    );
  }

  get parts(): CheckpointParts {
    return {
      store: this.proof,
      keys: () => Promise.resolve(this.keys),
      everyMs: CHECKPOINT_MS,
      keepMs: 1e12,
    };
  }

  start(options: Partial<DeliveryOptions> = {}): Delivery {
    return this.world.start({ renderer: ocsfRenderer, checkpoints: this.parts, ...options });
  }

  record(count: number): void {
    for (let made = 0; made < count; made += 1) {
      const body: string = this.#records.next().value as string;
      const { attestation_id: recordId } = JSON.parse(body) as { attestation_id: string };
      seedRecord(this.world.store.tables, { recordId, body });
    }
  }

  /** Of the checkpoints that were taken. */
  bodies(): Readonly<Record<string, unknown>>[] {
    return this.texts.filter(isCheckpoint).flatMap((text) => {
      const { unmapped } = JSON.parse(text) as {
        unmapped: { aegis: { checkpoint?: Record<string, unknown> } };
      };
      return unmapped.aegis.checkpoint === undefined ? [] : [unmapped.aegis.checkpoint];
    });
  }

  async untilCheckpoints(count: number, maxMs = 3 * CHECKPOINT_MS): Promise<void> {
    let [seen, checkpoints] = [0, 0];
    const isThere = (): boolean => {
      // Asked at each step of the clock: each text is looked at once.
      for (; seen < this.texts.length; seen += 1) if (isCheckpoint(this.texts[seen] ?? '')) checkpoints += 1;
      return checkpoints >= count;
    };
    await this.world.clock.until(isThere, maxMs, `checkpoint ${count}`);
  }

  verify(texts: readonly string[] = this.texts, keys: readonly CheckpointKey[] = this.keys): Verdict {
    const verification = new Verification();
    for (const text of texts) verification.add(Buffer.from(text));
    return verification.judge({ keys, asOfMs: this.world.clock.nowMs(), graceMs: 10_000 });
  }
}

function isCheckpoint(text: string): boolean {
  return text.includes('"kind":"checkpoint"');
}

export function faultsIn(verdict: Verdict): readonly Finding[] {
  return verdict.streams.flatMap(({ findings }) =>
    findings.kept.filter(({ severity }) => severity === 'fault'),
  );
}
