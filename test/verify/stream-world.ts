import { checkpointBody } from '../../src/proof/checkpoint-body.ts';
import type { ChainWitness, SignedCheckpoint } from '../../src/proof/checkpoint.ts';
import {
  type CheckpointKey,
  openCheckpointKey,
  publicKeyBase64,
  signCheckpoint,
} from '../../src/proof/checkpoint-key.ts';
import { CheckpointRange } from '../../src/proof/checkpoint-range.ts';
import { checkpointSha256 } from '../../src/proof/checkpoint-statement.ts';
import { checkpointEvent } from '../../src/ocsf/checkpoint-event.ts';
import {
  DEFAULT_OCSF_SETTINGS,
  type OcsfEvent,
  type OcsfSettings,
  type StreamKind,
} from '../../src/ocsf/ocsf-event.ts';
import { placeEvent } from '../../src/ocsf/place-event.ts';
import { renderRecord } from '../../src/ocsf/render-record.ts';
import { tombstoneEvent } from '../../src/ocsf/tombstone-event.ts';
import { eventSha256 } from '../../src/ocsf/wire-event.ts';
import { generateAttestations } from '../support/generate-attestations.ts';

export const STREAM = '5f0a1d3c-8f0e-4b59-9d55-2f6b1c7e9a10';
export const START_MS = 1_795_166_000_000;
const CHECKPOINT_MS = 300_000;
const WORKSPACE = 'ws-1';

/** What the SIEM got under one number. */
export interface SentPlace {
  readonly epoch: string;
  readonly seq: number;
  readonly kind: Exclude<StreamKind, 'test'>;
  readonly text: string;
}

/** Two keys that are the same in each run. */
export const KEYS = [keyOfSeed(1), keyOfSeed(2)] as const;

function keyOfSeed(seed: number): CheckpointKey {
  const der = `302e020100300506032b657004220420${String(seed).padStart(2, '0').repeat(32)}`;
  return openCheckpointKey(Buffer.from(der, 'hex'));
}

/** A destination's stream as the delivery makes it: real events, tombstones and checkpoints, sent to a list. */
export class StreamWorld {
  readonly stream: string;
  readonly ocsf: OcsfSettings;
  sent: SentPlace[] = [];
  epoch = 'e1';
  nowMs = START_MS;
  key: CheckpointKey = KEYS[0];
  filter = 'none';
  /** The link of the record chain that checkpoints name. */
  chain: ChainWitness | undefined;
  readonly #bodies: OcsfEvent[];
  #nextSeq = 1;
  #made = 0;
  #range = new CheckpointRange(1);
  #last: SignedCheckpoint | undefined;
  #lastKey: CheckpointKey | undefined;

  constructor(
    options: { readonly stream?: string; readonly seed?: number; readonly ocsf?: OcsfSettings } = {},
  ) {
    this.stream = options.stream ?? STREAM;
    this.ocsf = options.ocsf ?? DEFAULT_OCSF_SETTINGS;
    const texts = [...generateAttestations({ seed: options.seed ?? 7, count: 40 })];
    this.#bodies = texts.map((body) => {
      const rendered = renderRecord({ source: 'attestation', body }, this.ocsf);
      if (!rendered.ok) throw new Error(rendered.message);
      return rendered.event;
    });
  }

  get lastCheckpoint(): SignedCheckpoint | undefined {
    return this.#last;
  }

  get lastCheckpointSha256(): string {
    return this.#last === undefined ? '' : checkpointSha256(this.#last);
  }

  texts(): string[] {
    return this.sent.map(({ text }) => text);
  }

  seqsOf(kind: SentPlace['kind']): number[] {
    return this.sent.filter((place) => place.kind === kind).map(({ seq }) => seq);
  }

  send(count: number): void {
    for (let index = 0; index < count; index += 1) this.#finish(this.#nextEvent(), 'event');
  }

  /** An event that the destination may have taken, and its tombstone in the same place. */
  sendRefused(options: { readonly eventArrived?: boolean; readonly untaken?: boolean } = {}): void {
    const place = this.#place('event');
    const text = this.#textOf(this.#nextEvent(), 'event');
    const tombstone = tombstoneEvent(
      {
        reason: 'refused',
        metadataUid: 'a-1',
        originalSha256: Buffer.from(eventSha256(text)).toString('hex'),
        timeMs: this.nowMs,
        workspaceId: WORKSPACE,
      },
      { ...place, kind: 'tombstone' },
      this.ocsf,
    );
    if (options.eventArrived === true)
      this.sent.push({ epoch: this.epoch, seq: this.#nextSeq, kind: 'event', text });
    this.#finish(tombstone, 'tombstone', { untaken: options.untaken === true });
  }

  /** `leftOut`: records that the filter left out since the last checkpoint. */
  checkpoint(options: { readonly stopped?: boolean; readonly leftOut?: number } = {}): void {
    if (options.leftOut !== undefined) {
      this.#add(new Uint8Array(), { places: 0, leftOut: options.leftOut });
      this.send(1);
    }
    const signer = this.#lastKey ?? this.key;
    const previous = this.#last;
    const checkpoint = signCheckpoint(
      {
        stream: this.stream,
        epoch: this.epoch,
        seq: this.#nextSeq,
        ...this.#range.summary(this.filter),
        ...(previous === undefined
          ? {}
          : {
              previous: {
                epoch: previous.epoch,
                seq: previous.seq,
                sha256: checkpointSha256(previous),
              },
            }),
        madeAtMs: this.nowMs,
        ...(options.stopped === true ? {} : { nextDueMs: this.nowMs + CHECKPOINT_MS }),
        keyId: signer.keyId,
        ...(signer === this.key
          ? {}
          : { nextKey: { keyId: this.key.keyId, publicKey: publicKeyBase64(this.key) } }),
        ...(this.chain === undefined ? {} : { chain: this.chain }),
      },
      signer,
    );
    this.#range = new CheckpointRange(this.#range.nextSeq);
    this.#last = checkpoint;
    this.#lastKey = this.key;
    const { fromSeq, toSeq, madeAtMs: timeMs } = checkpoint;
    const facts = { timeMs, workspaceId: WORKSPACE, fromSeq, toSeq, body: checkpointBody(checkpoint) };
    this.#finish(checkpointEvent(facts, this.#place('checkpoint'), this.ocsf), 'checkpoint');
    this.nowMs += CHECKPOINT_MS;
  }

  openEpoch(epoch: string): void {
    this.epoch = epoch;
    this.#nextSeq = 1;
    this.#range = new CheckpointRange(1);
  }

  /** The same store put back to this moment: it goes on from here, and what was sent in between stays sent. */
  copy(): StreamWorld {
    const copy = new StreamWorld({ stream: this.stream, ocsf: this.ocsf });
    copy.sent = [...this.sent];
    copy.epoch = this.epoch;
    copy.nowMs = this.nowMs;
    copy.key = this.key;
    copy.filter = this.filter;
    copy.#nextSeq = this.#nextSeq;
    copy.#made = this.#made + 17;
    copy.#range = this.#rangeAgain();
    copy.#last = this.#last;
    copy.#lastKey = this.#lastKey;
    return copy;
  }

  #rangeAgain(): CheckpointRange {
    const range = new CheckpointRange(this.#range.fromSeq);
    for (const { epoch, seq, kind, text } of this.sent) {
      if (epoch !== this.epoch || seq < range.fromSeq) continue;
      range.add({
        firstSeq: seq,
        places: 1,
        hashes: eventSha256(text),
        tombstones: kind === 'tombstone' ? [{ index: 0 }] : [],
        isCheckpoint: kind === 'checkpoint',
        leftOut: 0,
        filter: this.filter,
      });
    }
    return range;
  }

  #nextEvent(): OcsfEvent {
    const event = this.#bodies[this.#made % this.#bodies.length];
    this.#made += 1;
    if (event === undefined) throw new Error('no attestations');
    return event;
  }

  #place(kind: SentPlace['kind']) {
    return { streamId: this.stream, epoch: this.epoch, seq: this.#nextSeq, kind };
  }

  #textOf(event: OcsfEvent, kind: SentPlace['kind']): string {
    return placeEvent(event, this.#place(kind), this.ocsf).text;
  }

  #finish(event: OcsfEvent, kind: SentPlace['kind'], { untaken = false } = {}): void {
    const text = this.#textOf(event, kind);
    if (!untaken) this.sent.push({ epoch: this.epoch, seq: this.#nextSeq, kind, text });
    this.#add(eventSha256(text), {
      tombstones: kind === 'tombstone' ? [{ index: 0, untaken }] : [],
      isCheckpoint: kind === 'checkpoint',
    });
    this.#nextSeq += 1;
  }

  #add(hashes: Uint8Array, more: object): void {
    this.#range.add({
      firstSeq: this.#nextSeq,
      places: 1,
      hashes,
      tombstones: [],
      isCheckpoint: false,
      leftOut: 0,
      filter: this.filter,
      ...more,
    });
  }
}
