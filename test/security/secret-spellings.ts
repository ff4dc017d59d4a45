/** Shorter pieces would be found in what has nothing to do with them. */
const LEAST_CHARS = 12;

export interface Spelling {
  readonly name: string;
  readonly text: string;
}

/** How a text may stand somewhere: as it is, escaped, and encoded, also in the middle of something that was encoded whole. */
export function secretSpellings(secret: string): readonly Spelling[] {
  const bytes = Buffer.from(secret);
  const inside = (encoding: 'base64' | 'base64url'): readonly Spelling[] =>
    [0, 1, 2].map((shift) => {
      const text = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString(encoding)
        .replace(/=+$/, '');
      // The first letters hang on what stands before, the last one on what stands behind.
      const whole = text.slice(shift === 0 ? 0 : shift + 1, -1);
      return { name: `${encoding} at ${shift}`, text: whole };
    });
  return [
    { name: 'plain', text: secret },
    { name: 'in JSON', text: JSON.stringify(secret).slice(1, -1) },
    { name: 'in a URL', text: encodeURIComponent(secret) },
    { name: 'in a form', text: new URLSearchParams({ s: secret }).toString().slice(2) },
    { name: 'hex', text: bytes.toString('hex') },
    { name: 'HEX', text: bytes.toString('hex').toUpperCase() },
    ...inside('base64'),
    ...inside('base64url'),
  ].filter(({ text }) => text.length >= LEAST_CHARS);
}

export interface Surface {
  readonly name: string;
  readonly content: string | Buffer;
}

/** Every place where a secret stands, in words that do not repeat it. */
export function leaksOf(
  secrets: Readonly<Record<string, string>>,
  surfaces: readonly Surface[],
): readonly string[] {
  return Object.entries(secrets).flatMap(([what, secret]) => {
    if (secret.length < LEAST_CHARS) throw new RangeError(`${what} is too short to be looked for`);
    return secretSpellings(secret).flatMap((spelling) =>
      surfaces
        .filter(({ content }) => content.includes(spelling.text))
        .map((surface) => `${what} (${spelling.name}) in ${surface.name}`),
    );
  });
}
