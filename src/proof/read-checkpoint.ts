import type { ChainWitness, CheckpointLink, NextKey, SignedCheckpoint, UntakenPlace } from './checkpoint.ts';
import { HASH_BYTES } from './merkle-tree.ts';
import { countNumbers, type NumberRange, parseRanges } from './number-ranges.ts';

const SHA256_HEX = /^[0-9a-f]{64}$/;
const KEY_ID = /^[0-9a-f]{16}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** No blank, no control character: what stands in a line of the statement can never be taken for another line. */
const WORD = /^[\u0021-\u007e]{1,128}$/;
const FILTER = /^(?:none|[0-9a-f]{16})(?:\+[0-9a-f]{16})?$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const MAX_SEQ = 2_147_483_647;
const MAX_LIST = 1_024;

/** Why a body is no checkpoint; `path` is the field. */
export interface CheckpointRefusal {
  readonly path: string;
  readonly message: string;
}

class Refused extends Error {
  readonly refusal: CheckpointRefusal;

  constructor(path: string, message: string) {
    super(message);
    this.refusal = { path, message };
  }
}

export type ReadCheckpoint =
  | { readonly ok: true; readonly checkpoint: SignedCheckpoint }
  | { readonly ok: false; readonly refusal: CheckpointRefusal };

/**
 * Reads the body of a checkpoint event, strictly: two bodies that give the same statement say the same. A missing or malformed
 * signature is read as an empty one, which no key has made.
 */
export function readCheckpoint(body: unknown): ReadCheckpoint {
  try {
    return { ok: true, checkpoint: checkpointOf(objectAt(body, 'checkpoint')) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

function checkpointOf(body: Fields): SignedCheckpoint {
  if (body['format'] !== 1) throw new Refused('format', 'must be 1; a newer release may know this one');
  const seq = integerAt(body, 'seq', 1);
  const fromSeq = integerAt(body, 'from_seq', 1);
  const toSeq = integerAt(body, 'to_seq', fromSeq - 1);
  if (toSeq >= seq) throw new Refused('to_seq', 'must be before seq: a checkpoint does not cover itself');
  const tombstones = tombstonesAt(body, fromSeq, toSeq);
  const counts = {
    delivered: integerAt(body, 'delivered', 0),
    tombstoned: integerAt(body, 'tombstoned', 0),
    checkpoints: integerAt(body, 'checkpoints', 0),
  };
  if (counts.delivered + counts.tombstoned + counts.checkpoints !== toSeq - fromSeq + 1) {
    throw new Refused('delivered', 'delivered, tombstoned and checkpoints do not add up to the places');
  }
  if (countNumbers(tombstones) !== counts.tombstoned)
    throw new Refused('tombstones', 'names another number of places than tombstoned');
  const keyId = textAt(body, 'key_id', KEY_ID);
  const { previous, nextKey, nextDueMs, chain } = optionalParts(body);
  return {
    stream: textAt(body, 'stream', WORD),
    epoch: textAt(body, 'epoch', WORD),
    seq,
    fromSeq,
    toSeq,
    ...counts,
    leftOut: integerAt(body, 'left_out', 0, Number.MAX_SAFE_INTEGER),
    tombstones,
    untaken: untakenAt(body, tombstones),
    filters: listAt(body, 'filters').map((filter) => matching(filter, 'filters', FILTER)),
    root: textAt(body, 'root', SHA256_HEX),
    ...partsAt(body, toSeq - fromSeq + 1),
    ...(previous === undefined ? {} : { previous }),
    madeAtMs: timeAt(body, 'made_at'),
    ...(nextDueMs === undefined ? {} : { nextDueMs }),
    keyId,
    ...(nextKey === undefined ? {} : { nextKey }),
    ...(chain === undefined ? {} : { chain }),
    signature: signatureAt(body),
  };
}

function optionalParts(body: Fields): {
  previous?: CheckpointLink;
  nextKey?: NextKey;
  nextDueMs?: number;
  chain?: ChainWitness;
} {
  const stopped = body['stopped'] === true;
  if (stopped === (body['next_due'] !== undefined))
    throw new Refused('next_due', 'must be there, unless stopped is true');
  const nextDueMs = stopped ? undefined : timeAt(body, 'next_due');
  const link = body['previous'] === undefined ? undefined : objectAt(body['previous'], 'previous');
  const chain = body['chain'] === undefined ? undefined : objectAt(body['chain'], 'chain');
  const key = body['next_key'] === undefined ? undefined : objectAt(body['next_key'], 'next_key');
  return {
    ...(link === undefined
      ? {}
      : {
          previous: {
            epoch: textAt(link, 'epoch', WORD),
            seq: integerAt(link, 'seq', 1),
            sha256: textAt(link, 'sha256', SHA256_HEX),
          },
        }),
    ...(key === undefined
      ? {}
      : { nextKey: { keyId: textAt(key, 'key_id', KEY_ID), publicKey: textAt(key, 'public_key', BASE64) } }),
    ...(nextDueMs === undefined ? {} : { nextDueMs }),
    ...(chain === undefined
      ? {}
      : {
          chain: {
            linkNo: integerAt(chain, 'link', 1, Number.MAX_SAFE_INTEGER),
            sha256: textAt(chain, 'sha256', SHA256_HEX),
          },
        }),
  };
}

function tombstonesAt(body: Fields, fromSeq: number, toSeq: number): NumberRange[] {
  const text = body['tombstones'];
  const ranges = typeof text === 'string' ? parseRanges(text) : undefined;
  if (ranges === undefined) throw new Refused('tombstones', 'must be ascending ranges such as 12,40-44');
  const [first, last] = [ranges[0], ranges.at(-1)];
  if ((first?.from ?? fromSeq) < fromSeq || (last?.to ?? toSeq) > toSeq)
    throw new Refused('tombstones', 'names places outside of from_seq and to_seq');
  return ranges;
}

function untakenAt(body: Fields, tombstones: readonly NumberRange[]): UntakenPlace[] {
  return listAt(body, 'untaken').map((entry) => {
    const fields = objectAt(entry, 'untaken');
    const seq = integerAt(fields, 'seq', 1);
    if (!tombstones.some(({ from, to }) => seq >= from && seq <= to))
      throw new Refused('untaken', 'names a place that is no tombstone');
    return { seq, sha256: textAt(fields, 'sha256', SHA256_HEX) };
  });
}

function partsAt(body: Fields, places: number): { placesEach: number; parts: string[] } {
  const placesEach = integerAt(body, 'places_each', 1);
  const bytes = Buffer.from(textAt(body, 'parts', BASE64), 'base64');
  const count = Math.ceil(places / placesEach);
  if (!Number.isInteger(Math.log2(placesEach)) || bytes.length !== count * HASH_BYTES)
    throw new Refused('parts', 'must hold one hash for each places_each places, a power of two');
  const parts = Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES).toString('hex'),
  );
  return { placesEach, parts };
}

function signatureAt(body: Fields): string {
  const signature = body['signature'];
  return typeof signature === 'string' && BASE64.test(signature) ? signature : '';
}

type Fields = Readonly<Record<string, unknown>>;

function objectAt(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refused(path, 'must be an object');
  return value as Fields;
}

function integerAt(body: Fields, path: string, least: number, most = MAX_SEQ): number {
  const value = body[path];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
    throw new Refused(path, `must be an integer from ${least} to ${most}`);
  return value;
}

function textAt(body: Fields, path: string, pattern: RegExp): string {
  return matching(body[path], path, pattern);
}

function matching(value: unknown, path: string, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value))
    throw new Refused(path, `must match ${pattern.source}`);
  return value;
}

function listAt(body: Fields, path: string): readonly unknown[] {
  const value = body[path];
  if (!Array.isArray(value) || value.length > MAX_LIST)
    throw new Refused(path, `must be a list of at most ${MAX_LIST}`);
  return value;
}

function timeAt(body: Fields, path: string): number {
  const time = Date.parse(textAt(body, path, TIME));
  if (Number.isNaN(time)) throw new Refused(path, 'is no time');
  return time;
}
