import type { RetentionAges } from './delivery/retention.ts';
import { leaseLimits } from './delivery/lease-limits.ts';
import type { DeniedEndpoint } from './egress/denied-endpoints.ts';
import { ownEndpoints } from './own-endpoints.ts';
import { SYSTEM, type ServiceGround } from './service-ground.ts';
import { startNotices } from './service-notices.ts';
import { serviceOutbound } from './service-outbound.ts';
import type { Settings } from './settings/settings-schema.ts';
import { type RunningDelivery, startDelivery, type StartDeliveryOptions } from './start-delivery.ts';
import { StartError } from './start-error.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Delivery and notices of a process, as its settings say; `denied` is never dialled either. Throws `StartError`. */
export async function startServiceDelivery(
  { settings, store, keys, logger, watch, observer }: ServiceGround,
  denied: readonly DeniedEndpoint[] = [],
): Promise<RunningDelivery> {
  try {
    const delivery = await startDelivery(store, {
      keys,
      denied: [...denied, ...(await ownEndpoints(settings))],
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
    const outbound = await serviceOutbound(settings, denied);
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
  if (checkpointSeconds === 0) return { checkpoints: 'none' };
  const keepMs = receiptRetentionDays === 0 ? Number.MAX_SAFE_INTEGER : receiptRetentionDays * DAY_MS;
  return { checkpoints: { everyMs: checkpointSeconds * 1_000, keepMs } };
}
