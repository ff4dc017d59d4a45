/** Every bound of the delivery engine. Times in milliseconds. */
export interface DeliveryLimits {
  /** A lane belongs to its owner this long after each renewal. */
  readonly leaseMs: number;
  readonly renewEveryMs: number;
  /** No send starts later than this after the last renewal that is known to have worked. */
  readonly sendWithoutRenewalMs: number;
  /** A lane without work is given back after this time. */
  readonly idleReleaseMs: number;
  /** How often the dispatcher looks for work. */
  readonly pollMs: number;
  /** After a wake-up: at once, and again after these times, since the waker may not have committed yet. */
  readonly secondLookMs: number;
  readonly thirdLookMs: number;
  /** Ceiling of the first pause after a failure; it doubles with each further failure. */
  readonly backoffFirstMs: number;
  readonly backoffMaxMs: number;
  /** No pause is shorter: full jitter alone could be zero. */
  readonly backoffFloorMs: number;
  /** A remote's Retry-After beyond this is cut to it. */
  readonly retryAfterMaxMs: number;
  /** A held destination is tried this often, spread a little, with one batch. */
  readonly holdProbeMs: number;
  /** After so many failed sends of one batch another is tried. */
  readonly failuresBeforeAside: number;
  /** The longest time that one batch which fails while others are taken waits behind them. */
  readonly setAsideMaxMs: number;
  readonly localFaultPauseMs: number;
  /** How long one request at a time is sent after the destination said that it is near its capacity. */
  readonly slowDownMs: number;
  /** Requests in flight for each destination; a destination's own setting wins. */
  readonly maxInFlight: number;
  /** Batches formed and not finished, for each destination (acknowledgements pending included). */
  readonly maxOpenBatches: number;
  /** Batches a held destination's probes may form before they go round again. */
  readonly maxOpenWhileHeld: number;
  /** Events of a batch, whatever the connector allows. */
  readonly maxBatchEvents: number;
  /** The cursor goes back to the oldest row at least this often, to see rows that committed late. */
  readonly returnToStartMs: number;
  /** Between two sends of less than a batch: 20 sends a second. */
  readonly smallSendGapMs: number;
  readonly ackPollMs: number;
  /** At the end of a lane, whose last word waits for the checkpoint before it. */
  readonly ackPollAtEndMs: number;
  /** Splunk's advice: give up on an acknowledgement after about five minutes. */
  readonly ackTimeoutMs: number;
  readonly maxAckIdsInQuestion: number;
  /** What is in flight at a stop may take this long to finish. */
  readonly stopGraceMs: number;
  readonly reconcileEveryMs: number;
  readonly reconcileRecords: number;
  readonly reconcileMissed: number;
  /** Steps of the reconciler in one turn of it. */
  readonly reconcileStepsInRow: number;
  /** Before each step: a step on the embedded store blocks the thread, and the lanes must not stand behind all of them. */
  readonly reconcileStepPauseMs: number;
  /** Rows that a replay has in the outbox at a time: live events wait behind so many at most. */
  readonly replayRows: number;
  /** Records that a replay looks at in one turn. */
  readonly replayLooked: number;
  /** Between two turns of replays under way, at the least; `pollMs` at the most. */
  readonly replayTurnMs: number;
  /** How often to look whether a replay was asked for. */
  readonly replayIdleMs: number;
  /** Between two turns of the retention. */
  readonly retentionEveryMs: number;
  /** How often what waits is held against the limits of its destination. */
  readonly limitLookMs: number;
  /** How often the disk under an embedded store is measured. */
  readonly spaceLookMs: number;
  /** Rows removed in one step, and the pause before the next one. */
  readonly retentionRows: number;
  readonly retentionPauseMs: number;
  /** How often the write-ahead log of an embedded store is folded. */
  readonly logLookMs: number;
  /** How often new records are chained, and the pause before the next link when there are more than one takes. */
  readonly chainEveryMs: number;
  readonly chainPauseMs: number;
  /** At a stop, what is committed may take this long to be chained, and is looked at so often while other transactions run. */
  readonly chainFinishMs: number;
  readonly chainFinishLookMs: number;
  /** Records of one link: 14 KB of index. */
  readonly chainRecords: number;
  /** Records read at once for a link: their bodies are in memory together. */
  readonly chainReadRecords: number;
  /** How often the end of the chain is signed anew, also when nothing was recorded. */
  readonly chainTipEveryMs: number;
  readonly storeRetryFirstMs: number;
  readonly storeRetryMaxMs: number;
}

export const DEFAULT_DELIVERY_LIMITS: DeliveryLimits = Object.freeze({
  leaseMs: 30_000,
  renewEveryMs: 10_000,
  sendWithoutRenewalMs: 20_000,
  idleReleaseMs: 60_000,
  pollMs: 250,
  secondLookMs: 20,
  thirdLookMs: 200,
  backoffFirstMs: 1_000,
  backoffMaxMs: 300_000,
  backoffFloorMs: 50,
  retryAfterMaxMs: 3_600_000,
  holdProbeMs: 60_000,
  failuresBeforeAside: 5,
  setAsideMaxMs: 3_600_000,
  localFaultPauseMs: 10_000,
  slowDownMs: 5_000,
  maxInFlight: 4,
  maxOpenBatches: 128,
  maxOpenWhileHeld: 16,
  maxBatchEvents: 2_000,
  returnToStartMs: 1_000,
  smallSendGapMs: 50,
  ackPollMs: 10_000,
  ackPollAtEndMs: 500,
  ackTimeoutMs: 300_000,
  maxAckIdsInQuestion: 500,
  stopGraceMs: 10_000,
  reconcileEveryMs: 60_000,
  reconcileRecords: 2_000,
  reconcileMissed: 1_000,
  reconcileStepsInRow: 20,
  reconcileStepPauseMs: 20,
  replayRows: 500,
  replayLooked: 2_000,
  replayTurnMs: 50,
  replayIdleMs: 1_000,
  retentionEveryMs: 3_600_000,
  limitLookMs: 30_000,
  spaceLookMs: 60_000,
  retentionRows: 200,
  retentionPauseMs: 200,
  logLookMs: 10_000,
  chainEveryMs: 5_000,
  chainPauseMs: 100,
  chainFinishMs: 5_000,
  chainFinishLookMs: 50,
  chainRecords: 1_000,
  chainReadRecords: 100,
  chainTipEveryMs: 300_000,
  storeRetryFirstMs: 100,
  storeRetryMaxMs: 5_000,
});
