import type { DeliveryLimits } from '../../src/delivery/delivery-limits.ts';
import { DEFAULT_DELIVERY_LIMITS } from '../../src/delivery/delivery-limits.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SiemNature } from './simulated-siem.ts';

/** The size of a world. */
export interface WorldShape {
  readonly destinations: number;
  readonly processes: number;
  readonly records: number;
  /** How long faults strike. */
  readonly chaosMs: number;
  readonly poisonShare: number;
  /** Events are made by the product's OCSF mapping, and not by a plain one that costs less. */
  readonly realMapping: boolean;
  /** Streams are proved by checkpoints, and `verify` must find them complete. Needs the real mapping. */
  readonly checkpoints: boolean;
  readonly limits: DeliveryLimits;
}

export function randomShape(random: SeededRandom): WorldShape {
  const realMapping = random.chance(0.15);
  return {
    destinations: random.pick([1, 1, 1, 2, 2, 3, 4]),
    processes: random.pick([1, 1, 2, 2, 3]),
    records: random.between(20, 90),
    chaosMs: random.between(60_000, 240_000),
    poisonShare: random.pick([0, 0.02, 0.08, 0.3]),
    limits: shortLimits(random),
    realMapping,
    checkpoints: realMapping && random.chance(0.6),
  };
}

/**
 * The default limits with shorter pauses: a world lives minutes, and in them each pause must come many times. What depends on
 * what stays as it is.
 */
function shortLimits(random: SeededRandom): DeliveryLimits {
  return {
    ...DEFAULT_DELIVERY_LIMITS,
    pollMs: random.pick([1_000, 3_000, 6_000]),
    idleReleaseMs: random.pick([5_000, 60_000]),
    backoffMaxMs: random.pick([8_000, 30_000]),
    retryAfterMaxMs: 40_000,
    holdProbeMs: 10_000,
    setAsideMaxMs: 60_000,
    localFaultPauseMs: 3_000,
    maxInFlight: random.between(1, 4),
    maxOpenBatches: random.pick([64, 96, 128]),
    maxOpenWhileHeld: random.between(1, 8),
    ackPollMs: 3_000,
    ackTimeoutMs: 30_000,
    reconcileEveryMs: 20_000,
    retentionEveryMs: random.pick([4_000, 20_000]),
    retentionRows: random.pick([2, 200]),
    limitLookMs: 5_000,
    replayRows: random.pick([3, 500]),
    replayLooked: random.pick([7, 2_000]),
    replayTurnMs: 500,
    replayIdleMs: 5_000,
    reconcileRecords: random.pick([7, 5_000]),
    reconcileMissed: random.pick([2, 1_000]),
    reconcileStepsInRow: random.pick([1, 20]),
  };
}

export function randomNature(random: SeededRandom): SiemNature {
  return {
    namesCulprit: random.chance(0.6),
    keepsBeforeCulprit: random.chance(0.3),
    acknowledges: random.chance(0.3),
    limits: {
      maxEvents: random.pick([1, 3, 8, 20, 100]),
      maxBodyBytes: random.pick([2_000, 20_000, 1_000_000]),
      perEventOverheadBytes: 10,
      maxEventSize: 64_000,
    },
    wayMs: { min: 1, max: 60 },
    isDead: false,
  };
}
