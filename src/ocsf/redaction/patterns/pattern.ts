/** What patterns look for in texts. A fixed list: each is a scanner whose time grows with the text and no faster. */
export const PATTERN_NAMES = ['email', 'ipv4', 'ipv6', 'iban', 'credit_card', 'jwt', 'phone'] as const;

export type PatternName = (typeof PATTERN_NAMES)[number];

/** A part of a text, in UTF-16 units; `end` is not in it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds what looks like one of its kind: from left to right, without overlaps. */
export type FindPattern = (text: string) => readonly Span[];
