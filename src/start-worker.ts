import { startServiceDelivery } from './service-delivery.ts';
import { eventsOf, openGround, type ServiceGround, type ServiceOptions, SYSTEM } from './service-ground.ts';
import type { Settings } from './settings/settings-schema.ts';
import type { RunningDelivery } from './start-delivery.ts';
import { StartError } from './start-error.ts';
import { startWorkerEndpoint, type WorkerEndpoint } from './worker-endpoint.ts';

export interface RunningWorker {
  /** Where metrics and health are, when the settings ask for them. */
  readonly url?: string;
  /** No new sends; what is in flight has the grace of the settings. */
  stop(): Promise<void>;
}

/** Delivers without an API (`aegis-siem worker`). Throws `StartError`. */
export async function startWorker(settings: Settings, options: ServiceOptions = {}): Promise<RunningWorker> {
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
    delivery = await startServiceDelivery(ground);
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

async function listenAsWorker({ settings, watch }: ServiceGround): Promise<WorkerEndpoint> {
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
