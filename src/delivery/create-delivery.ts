import { MAX_IN_FLIGHT } from '../outbox/destination.ts';
import type { DeliveryStore } from '../outbox/delivery-store.ts';
import type { BacklogStore } from '../outbox/backlog-store.ts';
import type { ReplayFeedStore } from '../outbox/replay-store.ts';
import type { RetentionStore } from '../outbox/retention-store.ts';
import { type ChainParts, runChainer } from './chainer.ts';
import type { CheckpointParts } from './checkpoint-keeper.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import type { DeliveryLimits } from './delivery-limits.ts';
import { DEFAULT_DELIVERY_LIMITS } from './delivery-limits.ts';
import type { DeliveryObserver } from './delivery-observer.ts';
import { guardObserver } from './delivery-observer.ts';
import type {
  Connect,
  DeliveryLogger,
  DeliveryParts,
  OpenCredentials,
  CredentialChange,
  OpenNextCredentials,
} from './delivery-parts.ts';
import { Dispatcher } from './dispatcher.ts';
import { errorFields } from './error-fields.ts';
import type { LaneSnapshot } from './lane.ts';
import { LimitWatch } from './limit-watch.ts';
import { runLogKeeper } from './log-keeper.ts';
import { ocsfRenderer } from './ocsf-renderer.ts';
import { runReconciler } from './reconciler.ts';
import { runReplayFeeder } from './replay-feeder.ts';
import type { OpenRedactionKey } from './render-settings.ts';
import type { Renderer } from './renderer.ts';
import { runSpaceWatch } from './space-watch.ts';
import { DEFAULT_RETENTION_AGES, type RetentionAges, runRetention } from './retention.ts';

export interface DeliveryOptions {
  readonly store: DeliveryStore;
  /** Absent: limits on what waits for a destination are not held. */
  readonly backlog?: BacklogStore;
  /** Absent: replays wait. */
  readonly replays?: ReplayFeedStore;
  /** Absent: nothing old is removed. */
  readonly retention?: RetentionStore;
  readonly retentionAges?: RetentionAges;
  /** Absent: no checkpoints are made, and nothing can be proved of the streams. */
  readonly checkpoints?: CheckpointParts;
  /** Absent: records are not chained, and a change to them in the store is not found. */
  readonly chain?: ChainParts;
  readonly connect: Connect;
  readonly openCredentials: OpenCredentials;
  /** Absent: there are no keys, and a destination that hashes is held. */
  /** Absent: credentials that wait are not tried. */
  readonly openNextCredentials?: OpenNextCredentials;
  readonly credentialChange?: CredentialChange;
  readonly openRedactionKey?: OpenRedactionKey;
  /** Names this process among those that share the store: unique for each start. */
  readonly owner: string;
  /** True only for an owner that is proved to be gone. Default: never, the lease decides. */
  readonly isOwnerGone?: (owner: string) => boolean;
  readonly logger: DeliveryLogger;
  readonly observer?: DeliveryObserver;
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
  readonly limits?: Partial<DeliveryLimits>;
  /** Default: the product's OCSF mapping. */
  readonly renderer?: Renderer;
}

/** The background worker of one process. */
export interface Delivery {
  /** Begins to look for work. A second call does nothing. */
  start(): void;
  /** Rows may have come: look at once, and again after 20 ms and 200 ms. */
  wake(): void;
  /** Forms nothing new; within `graceMs` (default `stopGraceMs`) finishes what has its numbers, says the last word of each stream, gives the lanes back. */
  stop(graceMs?: number): Promise<void>;
  /** The lanes that this process owns now. */
  snapshot(): readonly LaneSnapshot[];
}

/** Puts the delivery engine together. Nothing runs before `start`. Throws for limits that contradict each other. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { logger } = options;
  const limits = checkLimits({ ...DEFAULT_DELIVERY_LIMITS, ...options.limits });
  const common: DeliveryParts = {
    store: options.store,
    connect: options.connect,
    openCredentials: options.openCredentials,
    ...(options.openNextCredentials === undefined
      ? {}
      : { openNextCredentials: options.openNextCredentials }),
    ...(options.credentialChange === undefined ? {} : { credentialChange: options.credentialChange }),
    openRedactionKey: options.openRedactionKey ?? (() => undefined),
    renderer: options.renderer ?? ocsfRenderer,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    logger,
    observer: guardObserver(options.observer ?? {}, (error) =>
      logger.error(errorFields(error), 'An observer of the delivery threw'),
    ),
    owner: options.owner,
    isOwnerGone: options.isOwnerGone ?? (() => false),
    limits,
    ...(options.checkpoints === undefined ? {} : { checkpoints: options.checkpoints }),
  };
  const limitWatch =
    options.backlog === undefined ? undefined : new LimitWatch({ ...common, backlog: options.backlog });
  const parts: DeliveryParts = limitWatch === undefined ? common : { ...common, limitWatch };
  const dispatcher = new Dispatcher(parts);
  const keeping =
    options.retention === undefined
      ? undefined
      : { ...parts, store: options.retention, ages: options.retentionAges ?? DEFAULT_RETENTION_AGES };
  const ending = new AbortController();
  let running: Promise<unknown> | undefined;
  return {
    start: () => {
      if (ending.signal.aborted) return;
      running ??= Promise.all([
        dispatcher.run(),
        runReconciler(parts, ending.signal, () => dispatcher.wake()),
        options.replays &&
          runReplayFeeder({ ...parts, store: options.replays }, ending.signal, () => dispatcher.wake()),
        limitWatch?.run(ending.signal, () => dispatcher.listed()),
        options.backlog && runSpaceWatch({ ...parts, backlog: options.backlog }, ending.signal),
        keeping && runRetention(keeping, ending.signal),
        keeping && runLogKeeper(keeping, ending.signal),
        options.chain && runChainer({ ...parts, chain: options.chain }, ending.signal),
      ]);
    },
    wake: () => dispatcher.wake(),
    stop: async (graceMs = limits.stopGraceMs) => {
      ending.abort();
      await dispatcher.stop(graceMs);
      await running;
    },
    snapshot: () => dispatcher.snapshot(),
  };
}

/** Limits that depend on each other: a lane that is sent on longer than it is owned would be sent on by two. */
function checkLimits(limits: DeliveryLimits): DeliveryLimits {
  const problems: string[] = [];
  if (limits.renewEveryMs >= limits.sendWithoutRenewalMs) {
    problems.push('renewEveryMs must be below sendWithoutRenewalMs');
  }
  if (limits.sendWithoutRenewalMs >= limits.leaseMs)
    problems.push('sendWithoutRenewalMs must be below leaseMs');
  if (limits.backoffFirstMs > limits.backoffMaxMs)
    problems.push('backoffFirstMs must not be above backoffMaxMs');
  if (limits.maxInFlight < 1 || limits.maxOpenBatches < limits.maxInFlight) {
    problems.push('maxOpenBatches must not be below maxInFlight, and both at least 1');
  }
  if (limits.maxInFlight > MAX_IN_FLIGHT) problems.push(`maxInFlight must not be above ${MAX_IN_FLIGHT}`);
  if (problems.length > 0)
    throw new RangeError(`Delivery limits contradict each other: ${problems.join('; ')}`);
  return Object.freeze(limits);
}
