/**
 * Numbers from 0 to below 1, the same for the same seed: 32 bits of state (a Weyl sequence with a mixing step), enough for
 * test data and nothing else.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** One of `items`. */
export function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** A UUID of version 7 (RFC 9562) for a time in milliseconds since 1970. */
export function uuidAt(timeMs: number, random: () => number): string {
  const digits = Array.from({ length: 18 }, () => Math.floor(random() * 16).toString(16)).join('');
  const time = timeMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${digits.slice(0, 3)}-8${digits.slice(3, 6)}-${digits.slice(6)}`;
}
