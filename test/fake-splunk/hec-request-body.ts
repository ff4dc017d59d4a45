import { gunzipSync } from 'node:zlib';

const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

/** The body without its compression; undefined for an encoding other than gzip, and for gzip that is none. */
export function unpack(wire: Buffer, encoding: string | undefined): Buffer | undefined {
  if (encoding === undefined || encoding === 'identity') return wire;
  if (encoding !== 'gzip') return undefined;
  try {
    return gunzipSync(wire, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch {
    return undefined;
  }
}
