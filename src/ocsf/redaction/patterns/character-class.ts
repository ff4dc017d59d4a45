/** Classes of UTF-16 units. A place outside of the text is in none. */
export function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

export function isLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at) | 0x20;
  return code >= 0x61 && code <= 0x7a;
}

export function isAlphanumeric(text: string, at: number): boolean {
  return isDigit(text, at) || isLetter(text, at);
}

export function isHexDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at) | 0x20;
  return isDigit(text, at) || (code >= 0x61 && code <= 0x66);
}

/** A letter beyond ASCII, roughly: no space and no general punctuation. */
export function isOtherLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xc0 && !(code >= 0x2000 && code <= 0x206f) && !(code >= 0x3000 && code <= 0x303f);
}

/** What stands between the groups of a number: a space, a no-break space, a hyphen or a dot. */
export function isSeparator(text: string, at: number): boolean {
  const unit = text[at];
  return unit === ' ' || unit === '\u00a0' || unit === '-' || unit === '.';
}
