import { randomUUID } from 'node:crypto';
import type { DeliveryObserver } from './delivery/delivery-observer.ts';
import type { DeliveryLogger } from './delivery/delivery-parts.ts';
import { DEFAULT_RETENTION_AGES, type RetentionAges } from './delivery/retention.ts';
import { createDeliveryEngine, type DeliveryOptions } from './delivery-engine.ts';
import { DeliveryThread } from './delivery-thread-handle.ts';
import { onWork } from './outbox/wake-signal.ts';
import { databaseEndpoints } from './own-endpoints.ts';
import { processMark } from './process-mark.ts';
import { loadKeyFile } from './secrets/load-key-file.ts';
import type { SealingKey } from './secrets/sealing-key.ts';
import { emitWarnings } from './store/emit-warnings.ts';
import type { OpenedStore } from './store/open-store.ts';

type CheckpointTimes = NonNullable<DeliveryOptions['checkpoints']>;

export interface StartDeliveryOptions extends Partial<Omit<DeliveryOptions, 'keys' | 'checkpoints'>> {
  /** Keys that open credentials, or the path of the key file that holds them. */
  readonly keys: readonly SealingKey[] | string;
  /**
   * How often each stream gets a signed checkpoint, and how long their bodies are kept; `none`: nothing can be proved of what was
   * delivered. Default: every 300 seconds, kept as long as receipts.
   */
  readonly checkpoints?: CheckpointTimes | 'none';
  /** Default: warnings and errors become process warnings. */
  readonly logger?: DeliveryLogger;
  readonly observer?: DeliveryObserver;
  /** `thread` keeps a blocking store away from the caller's thread. Default: `thread` on SQLite, `here` on PostgreSQL. */
  readonly run?: 'thread' | 'here';
}

/** Delivery that runs in the background. */
export interface RunningDelivery {
  /** Rows may have come: look at once. Recording through the library in any thread of this process does it too. */
  wake(): void;
  /** Forms nothing new; within `graceMs` finishes what it began, says the last word of each stream, and gives the lanes back. */
  stop(graceMs?: number): Promise<void>;
}

const DEFAULT_GRACE_MS = 10_000;
const DEFAULT_CHECKPOINT_MS = 300_000;

const processWarnings: DeliveryLogger = {
  info: () => undefined,
  warn: (fields, message) => emitWarnings.warn(fields, message),
  error: (fields, message) => emitWarnings.warn(fields, message),
};

/**
 * Starts to deliver what is in the store's outbox, now and from now on. Several processes may record into one store; of
 * those that deliver, each destination's lane belongs to one at a time.
 *
 * Credentials are opened with `keys`; addresses in private networks and plain http need `egressAllow`, as
 * `AEGIS_SIEM_EGRESS_ALLOW`. Rejects when the delivery cannot start at all (a store that cannot be opened, a key file that
 * cannot be read); what fails later is retried and logged.
 */
export async function startDelivery(
  store: OpenedStore,
  { logger = processWarnings, observer = {}, run, checkpoints, ...given }: StartDeliveryOptions,
): Promise<RunningDelivery> {
  const times = checkpoints ?? defaultCheckpoints(given.retentionAges ?? DEFAULT_RETENTION_AGES);
  const options: DeliveryOptions = {
    egressAllow: '',
    ambientIdentity: false,
    owner: processMark(process.pid, randomUUID()),
    ...given,
    ...(times === 'none' ? {} : { checkpoints: times }),
    denied: [...(given.denied ?? []), ...(await databaseEndpoints(store.url))],
    keys: typeof given.keys === 'string' ? keysOfFile(given.keys) : givenKeys(given.keys),
  };
  if ((run ?? (store.kind === 'sqlite' ? 'thread' : 'here')) === 'thread') {
    const { sidecarPath } = store.options;
    const thread = new DeliveryThread(
      { storeUrl: store.url, options, ...(sidecarPath === undefined ? {} : { sidecarPath }) },
      { logger, observer },
    );
    await thread.start();
    return { wake: () => thread.wake(), stop: (graceMs = DEFAULT_GRACE_MS) => thread.stop(graceMs) };
  }
  const delivery = createDeliveryEngine(store, options, { logger, observer });
  const ignoreWork = onWork(() => delivery.wake());
  delivery.start();
  return {
    wake: () => delivery.wake(),
    stop: async (graceMs = DEFAULT_GRACE_MS) => {
      ignoreWork();
      await delivery.stop(graceMs);
    },
  };
}

function defaultCheckpoints({ receiptsMs = Number.MAX_SAFE_INTEGER }: RetentionAges): CheckpointTimes {
  return { everyMs: DEFAULT_CHECKPOINT_MS, keepMs: receiptsMs };
}

/** Whoever writes JavaScript may leave them out. */
function givenKeys(keys: readonly SealingKey[] | undefined): readonly SealingKey[] {
  if (keys !== undefined && keys.length > 0) return keys;
  throw new TypeError(
    'startDelivery needs keys: the path of the key file that seals the credentials of this store, or what loadKeyFile() read from it',
  );
}

function keysOfFile(path: string): readonly SealingKey[] {
  try {
    return loadKeyFile(path);
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const why = missing
      ? 'it is not there; the first start of "aegis-siem serve" makes one, or createKeyFile()'
      : cause instanceof Error
        ? cause.message
        : String(cause);
    throw new Error(`The key file ${path} cannot be used: ${why}`, { cause });
  }
}
