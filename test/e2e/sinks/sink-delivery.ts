import { randomBytes, randomUUID } from 'node:crypto';
import type { DeliveryLimits } from '../../../src/delivery/delivery-limits.ts';
import { DEFAULT_OCSF_SETTINGS } from '../../../src/ocsf/ocsf-event.ts';
import type { BatchSettings, Destination } from '../../../src/outbox/destination.ts';
import { createSealer } from '../../../src/secrets/create-sealer.ts';
import type { SealingKey } from '../../../src/secrets/sealing-key.ts';
import { startDelivery } from '../../../src/start-delivery.ts';
import type { OpenedStore } from '../../../src/store/open-store.ts';
import { SeenDelivery } from './seen-delivery.ts';
import type { Sink } from './sink.ts';

export const RUN_WORKSPACE = 'ws-finance';
const KEY_ID = 'k-run';
const RECORD_GROUP = 500;
const LOOPBACK = 'http+127.0.0.1/32:1024-65535';

/** Pauses of minutes become parts of a second; everything else is as it is by default. */
export const HASTY_LIMITS: Partial<DeliveryLimits> = Object.freeze({
  backoffFirstMs: 40,
  backoffMaxMs: 250,
  backoffFloorMs: 10,
  holdProbeMs: 120,
  pollMs: 50,
});

export interface SinkDeliveryOptions {
  readonly store: OpenedStore;
  readonly sink: Sink;
  /** Makes the address that the destination has of the sink's own. Default: as it is. */
  readonly reach?: (address: string) => string;
  readonly config?: Destination['config'];
  readonly batch?: BatchSettings;
  readonly limits?: Partial<DeliveryLimits>;
  readonly run?: 'thread' | 'here';
}

/** The real engine over a real store, with one destination. */
export interface SinkDelivery extends AsyncDisposable {
  readonly seen: SeenDelivery;
  readonly destination: Destination;
  record(texts: readonly string[]): Promise<void>;
}

/** Records `before`, then starts to deliver: what waits already is formed into full batches. */
export async function startSinkDelivery(
  options: SinkDeliveryOptions,
  before: readonly string[] = [],
): Promise<SinkDelivery> {
  const { store, limits = {}, run } = options;
  const key: SealingKey = { keyId: KEY_ID, key: randomBytes(32) };
  const destination = await addDestination(options, key);
  await recordAll(store, before);
  const seen = new SeenDelivery();
  const delivery = await startDelivery(store, {
    keys: [key],
    egressAllow: LOOPBACK,
    checkpoints: 'none',
    limits: { ...HASTY_LIMITS, ...limits },
    logger: seen.logger,
    observer: seen.observer,
    ...(run === undefined ? {} : { run }),
  });
  return {
    seen,
    destination,
    record: async (texts) => {
      await recordAll(store, texts);
      delivery.wake();
    },
    [Symbol.asyncDispose]: () => delivery.stop(),
  };
}

async function addDestination(
  { store, sink, reach = (address) => address, config = {}, batch = {} }: SinkDeliveryOptions,
  key: SealingKey,
): Promise<Destination> {
  const destinationId = randomUUID();
  const sealer = createSealer([key]);
  const context = { workspaceId: RUN_WORKSPACE, destinationId };
  const sealed = Object.entries(sink.credentials).map(([field, value]) => [
    field,
    sealer.seal(value, { ...context, field }),
  ]);
  return store.admin.createDestination(
    {
      ...context,
      name: `run ${destinationId}`,
      type: sink.type,
      state: 'active',
      config: { ...sink.config(reach), ...config },
      sealed: Object.fromEntries(sealed) as Record<string, string>,
      fingerprints: {},
      ocsf: DEFAULT_OCSF_SETTINGS,
      batch,
      sources: ['attestations'],
    },
    {
      auditId: randomUUID(),
      atMs: Date.now(),
      workspaceId: RUN_WORKSPACE,
      actor: 'test',
      action: 'destination.created',
      subjectId: destinationId,
    },
  );
}

async function recordAll(store: OpenedStore, texts: readonly string[]): Promise<void> {
  for (let from = 0; from < texts.length; from += RECORD_GROUP) {
    const drafts = texts.slice(from, from + RECORD_GROUP).map((body) => ({
      recordId: idOf(body),
      workspaceId: RUN_WORKSPACE,
      body,
    }));
    const results = await store.record.recordAttestations(drafts);
    const refused = results.filter(({ status }) => status !== 'recorded');
    if (refused.length > 0) throw new Error(`${refused.length} records were not taken`);
  }
}

export function idOf(text: string): string {
  return (JSON.parse(text) as { readonly attestation_id: string }).attestation_id;
}
