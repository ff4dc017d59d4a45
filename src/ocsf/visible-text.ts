/**
 * Characters that act on a terminal, a log line or a reader's eye instead of being read, as a part of a regular expression
 * with the flag `u`: C0 and C1 controls (line breaks and ANSI escapes among them), U+2028 and U+2029, bidirectional marks,
 * overrides and isolates, zero-width and soft-hyphen characters, the byte order mark, annotation and tag characters, and
 * surrogates that stand alone. The joiners U+200C and U+200D stay: Persian and emoji need them.
 */
export const INVISIBLE_CHARACTERS = String.raw`[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e007f}]`;

/** A backslash before `u{` counts as well: else a text that has `\u{1b}` written out could not be told from an escape. */
const INVISIBLE = new RegExp(String.raw`${INVISIBLE_CHARACTERS}|\\(?=u\{)`, 'gu');
const HAS_INVISIBLE = new RegExp(INVISIBLE.source, 'u');

/**
 * The text with each invisible character written out as `\u{hex}`, and a backslash before `u{` as `\u{5c}`. No two texts
 * give the same result: replacing each `\u{hex}` by its character gives the original back. A clean text is returned as it is.
 */
export function visibleText(text: string): string {
  if (!HAS_INVISIBLE.test(text)) return text;
  return text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
