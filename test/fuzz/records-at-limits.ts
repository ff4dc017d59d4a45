import { DEFAULT_ATTESTATION_LIMITS } from '../../src/attestation/attestation-limits.ts';
import { attestationText } from '../support/valid-attestation.ts';

const { maxKeys, maxItems, maxKeyChars, maxRecordBytes } = DEFAULT_ATTESTATION_LIMITS;
/** What a record has besides what is put into it. */
const OWN_KEYS = 100;
const OWN_BYTES = 16_384;
const TEXTS = 4;
const MAX_PIECE_CHARS = 64;

/** What each pattern has most work with: nearly matches, and matches that stand close. */
export const PIECES: readonly string[] = [
  '@',
  'a@b.',
  'a@b.cd ',
  '@b.cd ',
  'eyJ',
  'eyJ.',
  '00',
  '4',
  '+4930123456 ',
  '1.2.3.4 ',
  '::1 ',
  ':',
  'a:',
  '4111 1111 1111 1111 ',
  'DE89370400440532013000 ',
  'plain',
];

/** How one piece fills a record up to its limits: all alike, or each with its number. */
const SHAPES: readonly ((piece: string) => Readonly<Record<string, unknown>>)[] = [
  (piece) => ({ constraints: texts(repeated(piece, () => piece)) }),
  (piece) => ({ constraints: texts(repeated(piece, (no) => no.toString(36) + piece)) }),
  (piece) => ({ x: Object.fromEntries(many(maxKeys, (no) => [cut(`${no}${piece}`), no])) }),
  (piece) => ({ x: Object.fromEntries(many(maxKeys, (no) => [cut(`k${no}`), fit(piece, maxKeys)])) }),
  (piece) => ({ x: many(maxItems, (no) => fit(`${no}${piece}`, maxItems)) }),
];

/** A record as large as the limits let it be, made of one piece; which form it has hangs on the length of the piece. */
export function recordAtLimits(given: string): string {
  const piece = given.slice(0, MAX_PIECE_CHARS).toWellFormed() || 'x';
  const shape = SHAPES[given.length % SHAPES.length];
  return attestationText(shape?.(piece) ?? {});
}

function texts(reason: string): readonly object[] {
  return Array.from({ length: TEXTS }, (_, no) => ({ id: `c${no}`, outcome: 'failed', reason }));
}

function many<Item>(count: number, make: (no: number) => Item): Item[] {
  return Array.from({ length: count - OWN_KEYS }, (_, no) => make(no));
}

/** As often as there is room for in one of the texts, as JSON has it. */
function repeated(piece: string, next: (no: number) => string): string {
  const room = Math.floor((maxRecordBytes - OWN_BYTES) / TEXTS);
  let bytes = 0;
  let text = '';
  for (let no = 0; ; no += 1) {
    const part = next(no);
    bytes += Buffer.byteLength(JSON.stringify(part)) - 2;
    if (bytes > room) return text;
    text += part;
  }
}

/** As much of a text as each of so many may have. */
function fit(text: string, count: number): string {
  const room = Math.floor((maxRecordBytes - OWN_BYTES) / count) - 12;
  return text
    .slice(0, Math.max(1, Math.floor((room * text.length) / Buffer.byteLength(JSON.stringify(text)))))
    .toWellFormed();
}

function cut(key: string): string {
  return fit(key.slice(0, maxKeyChars), maxKeys);
}
