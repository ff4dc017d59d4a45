import { Gauge, type Registry } from 'prom-client';
import type { AdminStore } from './store/admin-store.ts';

/** Destinations whose backlog is measured at a scrape. */
const MAX_MEASURED_DESTINATIONS = 100;

/** What waits for each destination, read from the store when it is asked for. */
export function addBacklogMetrics(
  registry: Registry,
  admin: Pick<AdminStore, 'listDestinations' | 'readProgress'>,
  clock: { nowMs(): number },
): void {
  const age = new Gauge({
    name: 'aegis_siem_outbox_oldest_open_age_seconds',
    help: 'Age of the oldest record that a destination does not have yet; 0 when it has all',
    labelNames: ['destination', 'name'],
    registers: [registry],
  });
  const letters = new Gauge({
    name: 'aegis_siem_dead_letters',
    help: 'Dead letters that wait for a decision',
    labelNames: ['destination', 'name'],
    registers: [registry],
  });
  const open = new Gauge({
    name: 'aegis_siem_outbox_open_rows',
    help: 'Deliveries that wait or are on their way; counted up to a bound',
    labelNames: ['destination', 'name'],
    registers: [registry],
    collect: async () => {
      for (const gauge of [open, age, letters]) gauge.reset();
      const { items } = await admin.listDestinations({}, { limit: MAX_MEASURED_DESTINATIONS });
      for (const { destinationNo, destinationId: destination, name } of items) {
        const progress = await admin.readProgress(destinationNo);
        const oldest = progress.oldestOpenRecordedAtMs;
        open.set({ destination, name }, progress.openRows);
        letters.set({ destination, name }, progress.deadLetters);
        age.set(
          { destination, name },
          oldest === undefined ? 0 : Math.max(0, clock.nowMs() - oldest) / 1_000,
        );
      }
    },
  });
}
