import type { SpaceReport } from '../outbox/backlog-store.ts';

/** How the disk under an embedded store fills. */
export interface SpaceForecast {
  /** Share of the space that the store has or may still take, that it will have taken a day from now at the present rate. */
  readonly percent: number;
  /** Until it is full at the present rate; absent while it does not grow. */
  readonly fullInMs?: number;
}

interface Sample {
  readonly atMs: number;
  readonly usedBytes: number;
}

const DAY_MS = 86_400_000;
/** The rate is that of the last hour; in less than ten minutes there is none. */
const WINDOW_MS = 3_600_000;
const MIN_WINDOW_MS = 600_000;

/** Watches sizes and tells when the disk will be full. */
export class SpaceForecaster {
  #samples: readonly Sample[] = [];

  /** `monotonicMs`: of this look. Call it about each minute: the samples of an hour are kept. */
  add({ usedBytes, freeBytes }: SpaceReport, monotonicMs: number): SpaceForecast {
    const kept = this.#samples.filter(({ atMs }) => atMs >= monotonicMs - WINDOW_MS);
    this.#samples = [...kept, { atMs: monotonicMs, usedBytes }];
    const capacity = Math.max(1, usedBytes + freeBytes);
    const perMs = this.#growthPerMs(usedBytes, monotonicMs);
    const percent = ((usedBytes + perMs * DAY_MS) / capacity) * 100;
    return perMs > 0 ? { percent, fullInMs: freeBytes / perMs } : { percent };
  }

  #growthPerMs(usedBytes: number, monotonicMs: number): number {
    const oldest = this.#samples[0];
    if (oldest === undefined || monotonicMs - oldest.atMs < MIN_WINDOW_MS) return 0;
    return Math.max(0, usedBytes - oldest.usedBytes) / (monotonicMs - oldest.atMs);
  }
}
