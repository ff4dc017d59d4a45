import { Gauge, type Registry } from 'prom-client';
import type { BacklogStore } from './outbox/backlog-store.ts';
import type { Destination } from './outbox/destination.ts';
import type { ProofStore } from './outbox/proof-store.ts';
import type { AdminStore } from './store/admin-store.ts';

/** Destinations that are measured at a scrape: those beyond are not in these series (the log and the API know them all). */
export const MAX_MEASURED_DESTINATIONS = 100;
/** Rows whose bodies are measured; the size of all is estimated by them. */
const MEASURED_ROWS = 100;

const HEALTH_STATES = ['healthy', 'throttled', 'failing', 'held'] as const;
const STATES = ['active', 'paused', 'disabled'] as const;

export interface BacklogMetricsParts {
  readonly admin: Pick<AdminStore, 'listDestinations' | 'readProgress'>;
  readonly backlog: Pick<BacklogStore, 'measure'>;
  readonly proof: Pick<ProofStore, 'lastCheckpoint'>;
  readonly clock: { nowMs(): number };
}

/** What waits for each destination and how it is, read from the store when it is asked for: the same in every process. */
export function addBacklogMetrics(registry: Registry, parts: BacklogMetricsParts): void {
  let running: Promise<void> | undefined;
  // All gauges are read at once, each after its own collect: they share one measurement, so that none shows the last scrape's.
  const collect = (): Promise<void> => {
    running ??= measureAll().finally(() => {
      running = undefined;
    });
    return running;
  };
  const gauges = backlogGauges(registry, collect);
  const measureAll = async (): Promise<void> => {
    for (const gauge of Object.values(gauges)) gauge.reset();
    const { items } = await parts.admin.listDestinations({}, { limit: MAX_MEASURED_DESTINATIONS });
    for (const destination of items) await measure(destination, gauges, parts);
  };
}

type Gauges = ReturnType<typeof backlogGauges>;

async function measure(destination: Destination, gauges: Gauges, parts: BacklogMetricsParts): Promise<void> {
  const { destinationNo, destinationId, name, state, health } = destination;
  const labels = { destination: destinationId, name };
  const nowMs = parts.clock.nowMs();
  const progress = await parts.admin.readProgress(destinationNo);
  const oldest = progress.oldestOpenRecordedAtMs;
  gauges.open.set(labels, progress.openRows);
  gauges.letters.set(labels, progress.deadLetters);
  gauges.age.set(labels, oldest === undefined ? 0 : Math.max(0, nowMs - oldest) / 1_000);
  gauges.wait.set(labels, Math.max(0, progress.pausedUntilMs - nowMs) / 1_000);
  gauges.bytes.set(labels, await openBytes(destinationNo, progress.openRows, parts));
  const endsAtMs = destination.credentialNotes?.expiresAtMs;
  if (endsAtMs !== undefined) gauges.expiry.set(labels, (endsAtMs - nowMs) / 1_000);
  const checkpoint = await parts.proof.lastCheckpoint(destinationNo);
  if (checkpoint !== undefined) {
    gauges.checkpoint.set(labels, Math.max(0, nowMs - checkpoint.madeAtMs) / 1_000);
  }
  for (const one of HEALTH_STATES) {
    gauges.health.set({ destination: destinationId, state: one }, one === health.state ? 1 : 0);
  }
  for (const one of STATES) {
    gauges.state.set({ destination: destinationId, state: one }, one === state ? 1 : 0);
  }
}

/** By the newest rows: to read a whole backlog at each scrape would cost more than it tells. */
async function openBytes(
  destinationNo: number,
  openRows: number,
  { backlog }: BacklogMetricsParts,
): Promise<number> {
  if (openRows === 0) return 0;
  const { rows, bytes } = await backlog.measure({
    destinationNo,
    maxRows: MEASURED_ROWS,
    bytesLeft: Number.MAX_SAFE_INTEGER,
  });
  return rows === 0 ? 0 : Math.round((bytes / rows) * Math.max(rows, openRows));
}

function backlogGauges(registry: Registry, collect: () => Promise<void>) {
  const registers = [registry];
  const labelNames = ['destination', 'name'] as const;
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames, registers, collect });
  const stateGauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ['destination', 'state'], registers, collect });
  return {
    age: gauge(
      'aegis_siem_outbox_oldest_open_age_seconds',
      'Age of the oldest record that a destination does not have yet; 0 when it has all',
    ),
    letters: gauge('aegis_siem_dead_letters', 'Dead letters that wait for a decision'),
    bytes: gauge(
      'aegis_siem_outbox_open_bytes',
      'Size of the records that wait, estimated by the newest hundred of them',
    ),
    expiry: gauge(
      'aegis_siem_credential_expiry_seconds',
      'Time until the credentials of a destination end, where it is known; below 0 when they have ended',
    ),
    wait: gauge(
      'aegis_siem_destination_wait_seconds',
      'Until a destination is tried again: as long as it asked for, or as its failures make us wait',
    ),
    checkpoint: gauge(
      'aegis_siem_checkpoint_age_seconds',
      'Age of the last checkpoint that a destination has; absent before its first',
    ),
    health: stateGauge(
      'aegis_siem_destination_health',
      'Health of each destination, as its lane sees it: 1 for the one that it is in',
    ),
    state: stateGauge(
      'aegis_siem_destination_state',
      'State of each destination, as people set it: 1 for the one that it is in',
    ),
    open: gauge(
      'aegis_siem_outbox_open_rows',
      'Deliveries that wait or are on their way; counted up to a bound',
    ),
  };
}
