import { randomBytes, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { bothObservers } from './both-observers.ts';
import { type DeliveryObserver, guardObserver } from './delivery/delivery-observer.ts';
import { makeFirstCheckpointKey } from './first-checkpoint-key.ts';
import { keySource } from './key-source.ts';
import { masterKeys } from './master-key.ts';
import { createSealer } from './secrets/create-sealer.ts';
import type { SealingKey } from './secrets/sealing-key.ts';
import { type ServiceEvents, serviceEvents } from './service-events.ts';
import { serviceLog } from './service-log.ts';
import { servicePaths, type ServicePaths } from './service-paths.ts';
import { openServiceWatch, type ServiceWatch } from './service-watch.ts';
import { hideUrlPassword } from './settings/setting-checks.ts';
import type { Settings } from './settings/settings-schema.ts';
import { StartError } from './start-error.ts';
import { type OpenedStore, openStore } from './store/open-store.ts';
import { openTelemetry, type Telemetry } from './telemetry/open-telemetry.ts';
import { requireTlsChecking } from './tls-checking.ts';

export interface ServiceOptions {
  /** Default: JSON lines on stderr at the level of the settings. */
  readonly logger?: Logger;
  /** Shows the first API key, once. Default: stderr. */
  readonly print?: (text: string) => void;
}

export type ProcessRole = 'service' | 'worker';

/** What every process of the service has, whether it serves or only delivers. */
export interface ServiceGround {
  readonly settings: Settings;
  readonly paths: ServicePaths;
  readonly logger: Logger;
  readonly watch: ServiceWatch;
  readonly store: OpenedStore;
  readonly keys: readonly SealingKey[];
  /** Of the metrics and logs, and of OpenTelemetry where it is set. */
  readonly observer: DeliveryObserver;
  readonly telemetry: Telemetry | undefined;
}

export const SYSTEM = {
  clock: { nowMs: () => Date.now() },
  random: { uuid: () => randomUUID(), bytes: (count: number) => randomBytes(count) },
};

/** Opens store, keys, metrics and telemetry, in this order. Throws `StartError`; nothing is left open then. */
export async function openGround(
  settings: Settings,
  options: ServiceOptions,
  role: ProcessRole,
): Promise<ServiceGround> {
  requireTlsChecking(process.env);
  const logger = options.logger ?? serviceLog(settings.logLevel);
  const paths = servicePaths(settings);
  const store = await openMigrated(settings, paths, logger);
  try {
    const keys = await masterKeys({
      sealed: store.sealed,
      source: keySource(settings, paths.keyFile),
      onMade: (keyFile) =>
        logger.warn(
          { key_file: keyFile },
          'a master key was made; keep a copy of it apart from the backups of the store',
        ),
    });
    await makeFirstCheckpointKey({
      ...SYSTEM,
      store,
      sealer: createSealer(keys),
      onMade: (keyId) =>
        logger.info(
          { key_id: keyId },
          'a key for checkpoints was made; "aegis-siem keys checkpoint" shows its public part',
        ),
    });
    const watch = openServiceWatch({ ...SYSTEM, store, logger, version: packageJson.version });
    const telemetry = await startTelemetry(settings, { watch, logger, role }).catch(
      async (error: unknown) => {
        await watch.stop();
        throw error;
      },
    );
    const onError = (err: unknown): void => logger.debug({ err }, 'OpenTelemetry missed an event');
    const observer =
      telemetry === undefined
        ? watch.observer
        : bothObservers(watch.observer, guardObserver(telemetry.observer, onError));
    return { settings, paths, logger, watch, store: watch.store, keys, observer, telemetry };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function startTelemetry(
  { otlpEndpoint: endpoint }: Settings,
  { watch, logger, role }: Pick<ServiceGround, 'watch' | 'logger'> & { readonly role: ProcessRole },
): Promise<Telemetry | undefined> {
  if (endpoint === '') return undefined;
  return openTelemetry({
    endpoint,
    role,
    version: packageJson.version,
    instanceId: SYSTEM.random.uuid(),
    registry: watch.registry,
    store: watch.store.delivery,
    logger,
    nowMs: SYSTEM.clock.nowMs,
  });
}

async function openMigrated(settings: Settings, paths: ServicePaths, logger: Logger): Promise<OpenedStore> {
  let store: OpenedStore | undefined;
  try {
    store = await openStore(settings.store, {
      logger,
      diskReserveBytes: settings.diskReserveBytes,
      ...(paths.sidecar === undefined ? {} : { sidecarPath: paths.sidecar }),
    });
    const { applied } = await store.migrate();
    if (applied.length > 0) logger.info({ applied }, 'the schema was brought up to date');
    return store;
  } catch (cause) {
    await store?.close();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StartError('store_unusable', `AEGIS_SIEM_STORE ${hideUrlPassword(settings.store)}: ${why}`, {
      cause,
    });
  }
}

/** Tells start and stop of the process as events of their own. */
export function eventsOf({ store, logger }: ServiceGround, role: ProcessRole): ServiceEvents {
  return serviceEvents({ ...SYSTEM, record: store.record, logger, role, version: packageJson.version });
}
