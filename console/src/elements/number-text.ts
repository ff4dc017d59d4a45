const GROUPED = new Intl.NumberFormat('en', { maximumFractionDigits: 20 });

/** Every digit, in groups: `1,204,377`. Numbers are never rounded to `1.2M`: two of them must be comparable. */
export function numberText(value: number): string {
  return GROUPED.format(value);
}

/** `1 event`, `1,204 events` */
export function countText(value: number, one: string, many = `${one}s`): string {
  return `${numberText(value)} ${value === 1 ? one : many}`;
}

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** For sizes that are read, not compared: `12.4 kB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let at = 0;
  while (value >= 1_000 && at < BYTE_UNITS.length - 1) {
    value /= 1_000;
    at += 1;
  }
  return `${at === 0 ? numberText(value) : value.toFixed(1)} ${BYTE_UNITS[at] ?? ''}`;
}
