import { hash } from 'node:crypto';
import type { PublicCheckpointKey } from '../proof/checkpoint-key.ts';
import type { DecisionKey } from '../proof/decision-signature.ts';
import { HASH_BYTES } from '../proof/merkle-tree.ts';
import { checkDecision } from './check-decision.ts';
import { checkFingerprint } from './check-fingerprint.ts';
import { Findings } from './finding.ts';
import { judgeStream, type JudgeOptions, type StreamVerdict } from './judge-stream.ts';
import { proveCheckpoints } from './prove-checkpoints.ts';
import { readPlace } from './read-place.ts';
import { StreamRecord } from './stream-record.ts';

/** Streams in one export; more are a mistake, or made to fill the memory. */
const MAX_STREAMS = 10_000;

export interface VerificationOptions extends Omit<JudgeOptions, 'start'> {
  readonly keys: readonly PublicCheckpointKey[];
  /** SHA-256 of checkpoints to begin after, of one stream or of several. */
  readonly from?: readonly string[];
  /** SHA-256 of checkpoints that must be there. */
  readonly tips?: readonly string[];
  /** Only these streams are judged, and each of them must be there. */
  readonly streams?: readonly string[];
}

export interface Verdict {
  /** Every stream is complete up to a last checkpoint that is not overdue. */
  readonly complete: boolean;
  readonly streams: readonly StreamVerdict[];
  /** Values of `from` that no checkpoint of the export is, or follows. */
  readonly unknownStarts: readonly string[];
}

/** Takes the events of exports, in any order and from any number of files, and judges what they are together. */
export class Verification {
  readonly #streams = new Map<string, StreamRecord>();
  #latest: StreamRecord | undefined;
  /** Of the event that is looked at: whoever keeps it copies it. */
  readonly #sha256 = Buffer.alloc(HASH_BYTES);
  readonly #decisionKeys: readonly DecisionKey[];
  #events = 0;
  #others = 0;

  /** `decisionKeys`: given, the signature of each decision is held against them. */
  constructor({ decisionKeys = [] }: { readonly decisionKeys?: readonly DecisionKey[] } = {}) {
    this.#decisionKeys = decisionKeys;
  }

  /** Events of streams so far. */
  get events(): number {
    return this.#events;
  }

  /** Events that are from no stream. */
  get others(): number {
    return this.#others;
  }

  /** The exact bytes of an event. */
  add(event: Buffer): void {
    const place = readPlace(event);
    const record = place === undefined ? undefined : this.#streamOf(place.stream);
    if (place === undefined || record === undefined) {
      this.#others += 1;
      return;
    }
    this.#events += 1;
    // As a text, which is let go of for less than a buffer.
    this.#sha256.write(hash('sha256', event, 'latin1'), 'latin1');
    const isNew = record.add(place, this.#sha256, event);
    if (isNew) record.addFingerprint(place, checkFingerprint(event, place));
    if (isNew && place.kind === 'event' && this.#decisionKeys.length > 0)
      record.addDecision(place, checkDecision(event, this.#decisionKeys));
  }

  judge(options: VerificationOptions): Verdict {
    const { keys, from = [], tips = [], streams } = options;
    const wanted = [...this.#streams.values()].filter(({ stream }) => streams?.includes(stream) ?? true);
    const proofs = proveCheckpoints(
      wanted.flatMap(({ checkpoints }) => checkpoints),
      keys,
    );
    const provenOf = Map.groupBy(proofs.proven, ({ checkpoint }) => checkpoint.stream);
    const usedStarts = new Set<string>();
    const verdicts = wanted.map((record) => {
      const findings = record.eventFindings.copy();
      for (const finding of proofs.findings) if (finding.stream === record.stream) findings.add(finding);
      const proven = provenOf.get(record.stream) ?? [];
      const sha256 = from.find((name) =>
        proven.some((one) => one.sha256 === name || one.checkpoint.previous?.sha256 === name),
      );
      if (sha256 !== undefined) usedStarts.add(sha256);
      return judgeStream(record, proven, findings, {
        ...options,
        ...(sha256 === undefined ? {} : { start: { sha256 } }),
      });
    });
    const missing = (streams ?? []).filter((stream) => !this.#streams.has(stream)).map(missingStream);
    const all = [...verdicts, ...missing, ...tipVerdicts(tips, proofs.proven)];
    return {
      complete: all.length > 0 && all.every(({ complete }) => complete),
      streams: all,
      unknownStarts: from.filter((name) => !usedStarts.has(name)),
    };
  }

  #streamOf(stream: string): StreamRecord | undefined {
    if (this.#latest?.stream === stream) return this.#latest;
    let record = this.#streams.get(stream);
    if (record === undefined && this.#streams.size < MAX_STREAMS) {
      record = new StreamRecord(stream);
      this.#streams.set(stream, record);
    }
    this.#latest = record;
    return record;
  }
}

function missingStream(stream: string): StreamVerdict {
  const findings = new Findings();
  const message = 'The export holds nothing of this stream';
  findings.add({ name: 'unproven', severity: 'fault', stream, message });
  return emptyVerdict(stream, findings);
}

/** A checkpoint that must be there and is not: of which stream it is, its hash does not tell. */
function tipVerdicts(
  tips: readonly string[],
  proven: readonly { readonly sha256: string }[],
): StreamVerdict[] {
  return tips
    .filter((tip) => !proven.some(({ sha256 }) => sha256 === tip))
    .map((tip) => {
      const findings = new Findings();
      const message = `The checkpoint ${tip} is not in the export, or not proved`;
      findings.add({ name: 'tip_mismatch', severity: 'fault', stream: '-', message });
      return emptyVerdict('-', findings);
    });
}

function emptyVerdict(stream: string, findings: Findings): StreamVerdict {
  const none = {
    delivered: 0,
    tombstoned: 0,
    untaken: 0,
    leftOut: 0,
    testEvents: 0,
    provedDecisions: 0,
    uncheckedDecisions: 0,
    fittingFingerprints: 0,
  };
  return { stream, complete: false, epochs: 0, places: 0, provenCheckpoints: 0, ...none, findings };
}
