/** The characters themselves, as a part of a regular expression (with the flag `u`). */
export const INVISIBLE_CHARACTERS = String.raw`[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]`;

/**
 * Makes characters visible that would act on a terminal, a log line or a reader's eye instead of being read: C0 and C1
 * controls (line breaks and ANSI escapes among them), U+2028/2029, bidirectional marks and overrides, zero-width space,
 * word joiner, byte order mark, and tag characters. Each becomes `\u{hex}`; a backslash that stands before `u{` in the
 * original becomes `\u{5c}`, so that the original can always be told from the escape. The joiners U+200C and U+200D stay:
 * Persian and emoji need them.
 */
const INVISIBLE = new RegExp(`${INVISIBLE_CHARACTERS}|\\\\(?=u\\{)`, 'gu');
const HAS_INVISIBLE = new RegExp(INVISIBLE.source, 'u');

export function visibleText(text: string): string {
  if (!HAS_INVISIBLE.test(text)) return text;
  return text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
