import { statfsSync } from 'node:fs';
import { safeLogger } from '../safe-logger.ts';
import { StoreUnavailableError } from '../store-unavailable-error.ts';
import type { StoreLogger } from '../store.ts';

/**
 * Kept free on the store's disk unless told otherwise: room for the log of SQLite (it is folded in at about 40 MB) while
 * delivery goes on and makes the backlog smaller.
 */
export const DEFAULT_DISK_RESERVE_BYTES = 67_108_864;

/** Below this many times the reserve the operator is warned; recording goes on. */
const WARNING_TIMES = 2;

/** Bytes that this process may still write on the disk of `folder`; undefined where that cannot be seen. */
export type FreeBytesOf = (folder: string) => number | undefined;

export const SYSTEM_FREE_BYTES: FreeBytesOf = (folder) => {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    // A file system that does not say is not a full one: writing to it tells.
    return undefined;
  }
};

export interface DiskReserveParts {
  readonly folder: string;
  /** 0: no reserve. */
  readonly reserveBytes: number;
  readonly freeBytesOf?: FreeBytesOf;
  readonly logger?: StoreLogger;
}

/**
 * Keeps recording from taking the last of a disk. A store that is full to the last byte cannot note what was delivered either:
 * nothing would become less, and nothing could be recorded until somebody makes room.
 */
export class DiskReserve {
  readonly #folder: string;
  readonly #reserveBytes: number;
  readonly #freeBytesOf: FreeBytesOf;
  readonly #logger: StoreLogger;
  #warned = false;

  constructor({ folder, reserveBytes, freeBytesOf = SYSTEM_FREE_BYTES, logger }: DiskReserveParts) {
    this.#folder = folder;
    this.#reserveBytes = reserveBytes;
    this.#freeBytesOf = freeBytesOf;
    this.#logger = safeLogger(logger);
  }

  /** The error that a record is refused with; undefined while there is room. Asked before each commit: it costs microseconds. */
  refusal(): StoreUnavailableError | undefined {
    if (this.#reserveBytes === 0) return undefined;
    const freeBytes = this.#freeBytesOf(this.#folder);
    if (freeBytes === undefined) return undefined;
    this.#warn(freeBytes);
    return freeBytes >= this.#reserveBytes ? undefined : reserveReached(freeBytes, this.#reserveBytes);
  }

  /** Once for each time that the disk gets that full. */
  #warn(freeBytes: number): void {
    const low = freeBytes < WARNING_TIMES * this.#reserveBytes;
    if (low && !this.#warned) {
      this.#logger.warn(
        { code: 'disk_low', freeBytes, reserveBytes: this.#reserveBytes },
        'The disk of the store is nearly full; below the reserve nothing more is recorded',
      );
    }
    this.#warned = low;
  }
}

function reserveReached(freeBytes: number, reserveBytes: number): StoreUnavailableError {
  return new StoreUnavailableError(
    'disk_reserve',
    `Only ${freeBytes} bytes are free on the disk of the store and ${reserveBytes} are kept in reserve, so that delivery ` +
      'can go on; nothing was recorded. Make room, or lower the reserve',
  );
}
