import type { Sabotage } from './sabotage.ts';

/** Pauses that are too short, too long, or not kept. */
export const PAUSE_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'jitter_without_floor',
    what: 'a pause may be next to nothing',
    file: 'src/delivery/backoff.ts',
    find: 'return Math.max(limits.backoffFloorMs, Math.floor(random * ceiling));',
    replace: 'return Math.floor(random * ceiling);',
  },
  {
    name: 'retry_after_ignored',
    what: "the remote's Retry-After is not looked at",
    file: 'src/delivery/backoff.ts',
    find: 'if (retryAfterMs === undefined || !Number.isFinite(retryAfterMs) || retryAfterMs <= 0) {',
    replace: 'if (retryAfterMs !== Number.MAX_VALUE) {',
  },
  {
    name: 'retry_after_without_limit',
    what: 'a Retry-After of a day is kept to',
    file: 'src/delivery/backoff.ts',
    find: 'return Math.min(spreadMs(askedMs, random), limits.retryAfterMaxMs);',
    replace: 'return spreadMs(askedMs, random);',
  },
  {
    name: 'paused_still_sends',
    what: 'a destination at rest is sent to',
    file: 'src/delivery/lane.ts',
    find: "if (this.#grace.isAsked || this.#gone || destination.state !== 'active') return false;\n    return keeper.maySend",
    replace:
      'if (this.#grace.isAsked || this.#gone || destination === undefined) return false;\n    return keeper.maySend',
  },
  {
    name: 'written_during_pause',
    what: 'a batch that was being written when a pause began leaves at once',
    file: 'src/delivery/lane.ts',
    find: 'if (!this.#maySend() || this.#waitBeforeSendMs() > 0) return;',
    replace: 'if (!this.#maySend()) return;',
  },
  {
    name: 'held_for_ever',
    what: 'a destination that was held is never tried again',
    file: 'src/delivery/batch-chooser.ts',
    find: '    if (run.ended || run.window.inFlight > 0) return undefined;\n    const known',
    replace: '    if (run.window.size > 0) return undefined;\n    const known',
  },
];
