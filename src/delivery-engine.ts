import { randomUUID } from 'node:crypto';
import { credentialChange } from './credential-change.ts';
import { createDelivery, type Delivery } from './delivery/create-delivery.ts';
import { openCheckpointKeys } from './delivery/checkpoint-keyring.ts';
import type { DeliveryLimits } from './delivery/delivery-limits.ts';
import type { Credentials } from './connectors/connector.ts';
import { type DeliveryObserver, guardObserver, type LagMeasure } from './delivery/delivery-observer.ts';
import { codeOf } from './delivery/error-fields.ts';
import type { DeliveryLogger } from './delivery/delivery-parts.ts';
import type { RetentionAges } from './delivery/retention.ts';
import { countStoreErrors } from './metrics/count-store-errors.ts';
import { measureLag } from './metrics/lag-probe.ts';
import { openCredentials, openNextCredentials, openRedactionKey } from './open-credentials.ts';
import { createOutbound, type OutboundSettings } from './outbound.ts';
import { isProcessGone } from './process-mark.ts';
import { createSealer } from './secrets/create-sealer.ts';
import type { Destination } from './outbox/destination.ts';
import type { Sealer } from './secrets/sealer.ts';
import type { SealingKey } from './secrets/sealing-key.ts';
import type { Store } from './store/store.ts';

/** What decides how this process delivers. Plain data: it is handed to a thread as it is. */
export interface DeliveryOptions extends OutboundSettings {
  /** Keys that open credentials; the first one seals. */
  readonly keys: readonly SealingKey[];
  /** Names this process among those that share the store; unique for each start. */
  readonly owner: string;
  readonly limits?: Partial<DeliveryLimits>;
  /** How often a stream gets a checkpoint, and how long their bodies are kept. Absent: none are made. */
  readonly checkpoints?: { readonly everyMs: number; readonly keepMs: number };
  /** How long receipts, failed sends and skipped letters are kept; default 90, 30 and 365 days. */
  readonly retentionAges?: RetentionAges;
}

export interface DeliveryWatchers {
  readonly logger: DeliveryLogger;
  readonly observer: DeliveryObserver;
}

/** The delivery engine over a store, with real connectors and the one egress client. Not started yet. */
export function createDeliveryEngine(
  store: Store,
  options: DeliveryOptions,
  { logger, observer }: DeliveryWatchers,
): Delivery {
  const outbound = createOutbound(options, {
    onBlocked: (verdict) => observer.egressBlocked?.({ verdict }),
  });
  const sealer = createSealer(options.keys);
  const onError = (code: string): void => observer.storeFailed?.({ code });
  const delivery = createDelivery({
    store: countStoreErrors(store.delivery, onError),
    backlog: store.backlog,
    retention: store.retention,
    replays: store.replayFeed,
    chain: { store: store.chain, keys: () => openCheckpointKeys(store.proof, sealer) },
    connect: outbound.connect,
    openCredentials: (destination) => opened(sealer, destination, observer),
    openNextCredentials: (destination) => openNextCredentials(sealer, destination),
    credentialChange: credentialChange({
      admin: store.admin,
      clock: { nowMs: () => Date.now() },
      random: { uuid: () => randomUUID() },
      logger,
    }),
    openRedactionKey: (destination) => openRedactionKey(sealer, destination),
    ...(options.checkpoints === undefined
      ? {}
      : {
          checkpoints: {
            ...options.checkpoints,
            store: store.proof,
            chain: store.chain,
            keys: () => openCheckpointKeys(store.proof, sealer),
          },
        }),
    owner: options.owner,
    isOwnerGone: (owner) => isProcessGone(owner),
    logger,
    observer: withLag(observer, store),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.retentionAges === undefined ? {} : { retentionAges: options.retentionAges }),
  });
  return {
    ...delivery,
    stop: async (graceMs) => {
      await delivery.stop(graceMs);
      await outbound.close();
    },
  };
}

/** Opens a destination's credentials; what keeps them closed is counted, and goes on as the error that it is. */
function opened(sealer: Sealer, destination: Destination, observer: DeliveryObserver): Credentials {
  try {
    return openCredentials(sealer, destination);
  } catch (error) {
    const code = codeOf(error) ?? 'unknown';
    observer.credentialsUnopened?.({ destinationId: destination.destinationId, code });
    throw error;
  }
}

/** The same observer, which also learns how long records took. */
function withLag(observer: DeliveryObserver, { backlog }: Store): DeliveryObserver {
  const parts = {
    backlog,
    nowMs: () => Date.now(),
    onMeasured: (measure: LagMeasure) => observer.lagMeasured?.(measure),
  };
  const rethrow = (error: unknown): never => {
    throw error;
  };
  return {
    ...guardObserver(observer, rethrow),
    finished: (batch) => {
      observer.finished?.(batch);
      void measureLag(batch, parts);
    },
  };
}
