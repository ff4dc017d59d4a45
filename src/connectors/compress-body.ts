import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const gzipAsync = promisify(gzip);
/** A full body comes out in one piece: at Node's own 16 KiB a dozen, each a way to another thread and back. */
const GZIP_CHUNK_BYTES = 262_144;

/** Level 1: on this data level 6 costs a fifth more CPU and saves little (docs/benchmarks.md). Runs off the main thread. */
export function compressBody(body: Uint8Array): Promise<Uint8Array> {
  return gzipAsync(body, { level: constants.Z_BEST_SPEED, chunkSize: GZIP_CHUNK_BYTES });
}
