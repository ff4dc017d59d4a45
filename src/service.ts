import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { CertificateWatch } from './certificate-watch.ts';
import { ApiMetrics } from './api/api-metrics.ts';
import type { SignInSettings } from './api/api-parts.ts';
import { buildApi } from './api/build-api.ts';
import { readConsoleFiles } from './api/console-files.ts';
import { DESTINATION_KINDS } from './api/destination-kinds.ts';
import { watchCredentialExpiry } from './credential-expiry.ts';
import type { RetentionAges } from './delivery/retention.ts';
import { bothObservers } from './both-observers.ts';
import { systemClock } from './delivery/clock.ts';
import { type DeliveryObserver, guardObserver } from './delivery/delivery-observer.ts';
import { leaseLimits } from './delivery/lease-limits.ts';
import { makeFirstCheckpointKey } from './first-checkpoint-key.ts';
import { makeFirstAdminKey } from './first-admin-key.ts';
import type { DeniedEndpoint } from './egress/denied-endpoints.ts';
import { keySource } from './key-source.ts';
import { masterKeys } from './master-key.ts';
import { keepHistory } from './history-keeper.ts';
import { readDecisionKeys } from './decision-keys.ts';
import { oidcClient } from './oidc-sign-in.ts';
import { createOutbound } from './outbound.ts';
import { announceWork } from './outbox/wake-signal.ts';
import { databaseEndpoints, serviceEndpoints } from './own-endpoints.ts';
import { createSealer } from './secrets/create-sealer.ts';
import { fingerprint } from './secrets/fingerprint.ts';
import type { SealingKey } from './secrets/sealing-key.ts';
import { type ServiceEvents, serviceEvents } from './service-events.ts';
import { startNotices } from './service-notices.ts';
import { servicePaths, type ServicePaths } from './service-paths.ts';
import { serviceLog } from './service-log.ts';
import { openServiceWatch, type ServiceWatch } from './service-watch.ts';
import type { Settings } from './settings/settings-schema.ts';
import { type RunningDelivery, startDelivery, type StartDeliveryOptions } from './start-delivery.ts';
import { RequestScope } from './store/request-scope.ts';
import { StartError } from './start-error.ts';
import { openTelemetry, type Telemetry } from './telemetry/open-telemetry.ts';
import { requireTlsChecking } from './tls-checking.ts';
import { startWorkerEndpoint, type WorkerEndpoint } from './worker-endpoint.ts';
import { type OpenedStore, openStore } from './store/open-store.ts';

export interface ServiceOptions {
  /** Default: JSON lines on stderr at the level of the settings. */
  readonly logger?: Logger;
  /** Shows the first API key, once. Default: stderr. */
  readonly print?: (text: string) => void;
}

export interface RunningService {
  /** `http://HOST:PORT`, with the port that was taken. */
  readonly url: string;
  /** Not ready first, then no new requests, then no new sends; what is in flight has the grace of the settings. */
  stop(): Promise<void>;
}

/** What every process of the service has, whether it serves or only delivers. */
interface Ground {
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

/** Where `npm run build:console` puts the console; compiled code is in `dist` itself. */
const CONSOLE_FOLDER = join(
  import.meta.dirname,
  ...(import.meta.filename.endsWith('.js') ? ['..', 'console'] : ['..', 'dist', 'console']),
);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const SYSTEM = {
  clock: { nowMs: () => Date.now() },
  random: { uuid: () => randomUUID(), bytes: (count: number) => randomBytes(count) },
};

/**
 * Starts the service: store, API and (unless `worker` is off) delivery. Throws `StartError` with one line for whatever keeps
 * it from starting; nothing is left running then.
 */
export async function startService(
  settings: Settings,
  options: ServiceOptions = {},
): Promise<RunningService> {
  const decisionKeys = readDecisionKeys(settings.decisionKeys);
  const ground = await openGround(settings, options, 'service');
  const { store, logger, watch, paths, telemetry } = ground;
  let state: 'starting' | 'ready' | 'stopping' = 'starting';
  const outbound = createOutbound({ ...settings, denied: await databaseEndpoints(settings.store) });
  let app: FastifyInstance | undefined;
  let delivery: RunningDelivery | undefined;
  const ending = new AbortController();
  const requestScope = new RequestScope();
  let history: Promise<void> | undefined;
  let certificates: CertificateWatch | undefined;

  const events = eventsOf(ground, 'service');
  let wasReady = false;
  let stopWatching = (): void => undefined;

  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= stopOnce());
  const stopOnce = async (): Promise<void> => {
    state = 'stopping';
    stopWatching();
    ending.abort();
    const graceMs = settings.stopGraceSeconds * 1_000;
    logger.info({ grace_ms: graceMs }, 'stopping');
    if (wasReady) await events.stopped();
    await Promise.allSettled([
      app === undefined ? undefined : closeApi(app, graceMs),
      delivery?.stop(graceMs),
      history,
    ]);
    certificates?.[Symbol.dispose]();
    await outbound.close();
    await telemetry?.stop();
    await watch.stop();
    await store.close();
    logger.info('stopped');
  };

  try {
    await makeFirstAdminKey({
      ...SYSTEM,
      admin: store.admin,
      adminKeyFile: paths.adminKeyFile,
      print: options.print ?? ((text) => void process.stderr.write(text)),
    });
    certificates = new CertificateWatch({
      admin: store.admin,
      registry: watch.registry,
      clock: SYSTEM.clock,
      logger,
    });
    await certificates.look();
    stopWatching = watchCredentialExpiry({ admin: store.admin, clock: SYSTEM.clock, logger });
    const [sealingKey] = ground.keys;
    if (sealingKey === undefined) throw new StartError('key_file_unusable', 'the key file holds no key');
    app = await buildApi(
      {
        ...SYSTEM,
        store: { ...store, ...store.forRequests?.(() => requestScope.workspaceId()) },
        requestScope,
        sealer: createSealer(ground.keys),
        fingerprint: (secret) => fingerprint(secret, sealingKey.key),
        policy: outbound.policy,
        connect: outbound.connect,
        logger,
        limits: {
          maxBodyBytes: settings.maxBodyBytes,
          maxBatchItems: settings.maxBatchItems,
          maxRequestsInFlight: settings.maxRequestsInFlight,
          maxBytesInFlight: settings.maxBytesInFlight,
          requestTimeoutMs: settings.requestTimeoutSeconds * 1_000,
          requestsPerSecond: settings.requestsPerSecond,
          requestsBurst: settings.requestsBurst,
        },
        wake: announceWork,
        notReady: () => (state === 'ready' ? undefined : state),
        metrics: new ApiMetrics(watch.registry),
        requests: telemetry?.requests,
        version: packageJson.version,
        console: readConsoleFiles(CONSOLE_FOLDER),
        ambientIdentity: settings.ambientIdentity,
        signIn: signInSettings(settings),
        decisionKeys,
        oidcClient: oidcClient(settings, { egress: outbound.egress, nowMs: SYSTEM.clock.nowMs, logger }),
      },
      DESTINATION_KINDS,
    );
    const url = await listen(app, settings);
    const denied = await listeningEndpoints(app);
    outbound.policy.deny(denied);
    if (settings.worker) delivery = await startWorkerOf(ground, denied);
    history = keepHistory({ history: store.history, clock: systemClock, logger }, ending.signal);
    state = 'ready';
    wasReady = true;
    await events.started();
    logger.info({ url, store: store.kind, worker: settings.worker }, 'ready');
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Delivers without an API (`aegis-siem worker`). Throws `StartError`. */
export async function startWorker(
  settings: Settings,
  options: ServiceOptions = {},
): Promise<Pick<RunningService, 'stop'> & { readonly url?: string }> {
  const ground = await openGround(settings, options, 'worker');
  const { watch, store, logger, telemetry } = ground;
  let endpoint: WorkerEndpoint | undefined;
  let delivery: RunningDelivery | undefined;
  const events = eventsOf(ground, 'worker');
  const stop = async (): Promise<void> => {
    if (delivery !== undefined) await events.stopped();
    await delivery?.stop(settings.stopGraceSeconds * 1_000);
    await endpoint?.close();
    await telemetry?.stop();
    await watch.stop();
    await store.close();
  };
  try {
    // The API may run beside this process on the same machine, with the same settings.
    delivery = await startWorkerOf(ground, await serviceEndpoints(settings));
    await events.started();
    if (settings.workerPort !== 0) endpoint = await listenAsWorker(ground);
    logger.info(
      { store: store.kind, ...(endpoint === undefined ? {} : { url: endpoint.url }) },
      'delivering',
    );
    return { stop, ...(endpoint === undefined ? {} : { url: endpoint.url }) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function eventsOf({ store, logger }: Ground, role: 'service' | 'worker'): ServiceEvents {
  return serviceEvents({ ...SYSTEM, record: store.record, logger, role, version: packageJson.version });
}

async function listenAsWorker({ settings, watch }: Ground): Promise<WorkerEndpoint> {
  const { host, workerPort: port } = settings;
  const { registry, lastLookMs } = watch;
  try {
    return await startWorkerEndpoint({ host, port, registry, lastLookMs, nowMs: SYSTEM.clock.nowMs });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const message = `AEGIS_SIEM_WORKER_PORT: cannot listen on ${host} port ${port} (${code})`;
    throw new StartError('address_unusable', message, { cause });
  }
}

async function openGround(
  settings: Settings,
  options: ServiceOptions,
  role: 'service' | 'worker',
): Promise<Ground> {
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
  { watch, logger, role }: Pick<Ground, 'watch' | 'logger'> & { readonly role: 'service' | 'worker' },
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
    throw new StartError('store_unusable', `AEGIS_SIEM_STORE: ${why}`, { cause });
  }
}

async function startWorkerOf(
  { settings, store, keys, logger, watch, observer }: Ground,
  denied: readonly DeniedEndpoint[],
): Promise<RunningDelivery> {
  try {
    const delivery = await startDelivery(store, {
      keys,
      denied,
      egressAllow: settings.egressAllow,
      ambientIdentity: settings.ambientIdentity,
      limits: {
        stopGraceMs: settings.stopGraceSeconds * 1_000,
        ...leaseLimits(settings.leaseSeconds * 1_000),
      },
      retentionAges: retentionAges(settings),
      ...checkpointOptions(settings),
      logger,
      observer,
    });
    // Through the list as it stands, and never to this product itself.
    const outbound = createOutbound({ ...settings, denied });
    watch.watchCertificates(outbound.policy);
    const ending = new AbortController();
    const notices = await startNotices(
      { ...SYSTEM.clock, ...watch, settings, egress: outbound.egress, logger, onSent: watch.noticeSent },
      ending.signal,
    ).catch(async (error: unknown) => {
      await delivery.stop(0);
      throw error;
    });
    return {
      wake: () => delivery.wake(),
      stop: async (graceMs) => {
        ending.abort();
        await Promise.all([delivery.stop(graceMs), ...notices]);
        await outbound.close();
      },
    };
  } catch (cause) {
    if (cause instanceof StartError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StartError('delivery_unusable', `the delivery cannot start: ${why}`, { cause });
  }
}

function signInSettings({ publicUrl, sessionIdleMinutes, sessionHours }: Settings): SignInSettings {
  return {
    idleMs: sessionIdleMinutes * MINUTE_MS,
    lifetimeMs: sessionHours * HOUR_MS,
    ...(publicUrl === '' ? {} : { publicUrl }),
  };
}

/** A setting of 0 days keeps its kind for ever. */
function retentionAges(settings: Settings): RetentionAges {
  const { receiptRetentionDays, attemptRetentionDays, skippedRetentionDays } = settings;
  return {
    ...(receiptRetentionDays === 0 ? {} : { receiptsMs: receiptRetentionDays * DAY_MS }),
    ...(attemptRetentionDays === 0 ? {} : { attemptsMs: attemptRetentionDays * DAY_MS }),
    ...(skippedRetentionDays === 0 ? {} : { skippedMs: skippedRetentionDays * DAY_MS }),
  };
}

/** A setting of 0 seconds makes none. Bodies are kept as long as the receipts that they were made of. */
function checkpointOptions({
  checkpointSeconds,
  receiptRetentionDays,
}: Settings): Pick<StartDeliveryOptions, 'checkpoints'> {
  if (checkpointSeconds === 0) return {};
  const keepMs = receiptRetentionDays === 0 ? Number.MAX_SAFE_INTEGER : receiptRetentionDays * DAY_MS;
  return { checkpoints: { everyMs: checkpointSeconds * 1_000, keepMs } };
}

async function listen(app: FastifyInstance, { host, port }: Settings): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code === 'EADDRINUSE') {
      throw new StartError(
        'port_in_use',
        `AEGIS_SIEM_PORT: ${port} on ${host} is in use; stop what listens there, or choose another port (0 takes a free one)`,
        { cause },
      );
    }
    throw new StartError(
      'address_unusable',
      `AEGIS_SIEM_HOST: cannot listen on ${host} port ${port} (${code})`,
      {
        cause,
      },
    );
  }
}

/** The sockets that were taken, with the port that the system chose. */
async function listeningEndpoints(app: FastifyInstance): Promise<readonly DeniedEndpoint[]> {
  const sockets = app.addresses().filter((at) => typeof at !== 'string');
  const taken = sockets.map(({ address, port }) => serviceEndpoints({ host: address, port }));
  return (await Promise.all(taken)).flat();
}

/** Lets requests in work end; after the grace their connections are cut. */
async function closeApi(app: FastifyInstance, graceMs: number): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await app.close();
  clearTimeout(late);
}
