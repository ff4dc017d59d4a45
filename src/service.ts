import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import packageJson from '../package.json' with { type: 'json' };
import { ApiMetrics } from './api/api-metrics.ts';
import type { SignInSettings } from './api/api-parts.ts';
import { buildApi } from './api/build-api.ts';
import { readConsoleFiles } from './api/console-files.ts';
import { DESTINATION_KINDS } from './api/destination-kinds.ts';
import { CertificateWatch } from './certificate-watch.ts';
import { watchCredentialExpiry } from './credential-expiry.ts';
import { readDecisionKeys } from './decision-keys.ts';
import { systemClock } from './delivery/clock.ts';
import { makeFirstAdminKey } from './first-admin-key.ts';
import { keepHistory } from './history-keeper.ts';
import { oidcClient } from './oidc-sign-in.ts';
import { announceWork } from './outbox/wake-signal.ts';
import { createSealer } from './secrets/create-sealer.ts';
import { fingerprint } from './secrets/fingerprint.ts';
import { startServiceDelivery } from './service-delivery.ts';
import { eventsOf, openGround, type ServiceOptions, SYSTEM } from './service-ground.ts';
import { closeApi, listen, listeningEndpoints } from './service-listen.ts';
import { serviceOutbound } from './service-outbound.ts';
import type { Settings } from './settings/settings-schema.ts';
import type { RunningDelivery } from './start-delivery.ts';
import { StartError } from './start-error.ts';
import { RequestScope } from './store/request-scope.ts';

export interface RunningService {
  /** `http://HOST:PORT`, with the port that was taken. */
  readonly url: string;
  /** Not ready first, then no new requests, then no new sends; what is in flight has the grace of the settings. */
  stop(): Promise<void>;
}

/** Where `npm run build:console` puts the console; compiled code is in `dist` itself. */
const CONSOLE_FOLDER = join(
  import.meta.dirname,
  ...(import.meta.filename.endsWith('.js') ? ['..', 'console'] : ['..', 'dist', 'console']),
);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

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
  const outbound = await serviceOutbound(settings);
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
    if (settings.worker) delivery = await startServiceDelivery(ground, denied);
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

function signInSettings({ publicUrl, sessionIdleMinutes, sessionHours }: Settings): SignInSettings {
  return {
    idleMs: sessionIdleMinutes * MINUTE_MS,
    lifetimeMs: sessionHours * HOUR_MS,
    ...(publicUrl === '' ? {} : { publicUrl }),
  };
}
