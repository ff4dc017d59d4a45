import { MAX_ANSWER_CHARS } from './outcome.ts';

const REMOVED = '[removed]';
/** Shorter texts are no secrets, and taking them out would spoil every message. */
const MIN_SECRET_CHARS = 6;
/** C0, DEL, C1, line and paragraph separators, zero-width and direction marks, lone surrogates. */
const NOT_PRINTABLE =
  // eslint-disable-next-line no-misleading-character-class
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/**
 * A text fit for an `Answer`: printable, bounded, and without the secrets that were sent, should the remote repeat them.
 */
export function answerText(text: string, secrets: readonly string[]): string {
  const printable = withoutSecrets(text, secrets).replace(NOT_PRINTABLE, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code === 0x0a || code === 0x0d || code === 0x09 ? ' ' : `\\u{${code.toString(16)}}`;
  });
  if (printable.length <= MAX_ANSWER_CHARS) return printable;
  const cut = printable.slice(0, MAX_ANSWER_CHARS - 1);
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}\u2026`;
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < MIN_SECRET_CHARS) continue;
    // A remote may repeat a secret as it was sent: encoded for a form, or inside JSON.
    const forms = [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ s: secret }).toString().slice('s='.length),
      JSON.stringify(secret).slice(1, -1),
    ];
    for (const form of new Set(forms)) clean = clean.replaceAll(form, REMOVED);
  }
  return clean;
}
