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
  /** Gauges of one scrape are asked side by side: each waits for the one look that fills them all. */
  let look: Promise<void> | undefined;
  const collect = (): Promise<void> =>
    (look ??= fill().finally(() => {
      look = undefined;
    }));
  const gauge = (name: string, help: string): Gauge =>
    new Gauge({ name, help, labelNames: ['destination', 'name'], registers: [registry], collect });
  const age = gauge(
    'aegis_siem_outbox_oldest_open_age_seconds',
    'Age of the oldest record that a destination does not have yet; 0 when it has all',
  );
  const letters = gauge('aegis_siem_dead_letters', 'Dead letters that wait for a decision');
  const expiry = gauge(
    'aegis_siem_credential_expiry_seconds',
    'Time until the credentials of a destination end, where it is known; below 0 when they have ended',
  );
  const open = gauge(
    'aegis_siem_outbox_open_rows',
    'Deliveries that wait or are on their way; counted up to a bound',
  );

  async function fill(): Promise<void> {
    const { items } = await admin.listDestinations({}, { limit: MAX_MEASURED_DESTINATIONS });
    for (const each of [open, age, letters, expiry]) each.reset();
    for (const { destinationNo, destinationId: destination, name, credentialNotes } of items) {
      const progress = await admin.readProgress(destinationNo);
      const oldest = progress.oldestOpenRecordedAtMs;
      const endsAtMs = credentialNotes?.expiresAtMs;
      open.set({ destination, name }, progress.openRows);
      letters.set({ destination, name }, progress.deadLetters);
      age.set({ destination, name }, oldest === undefined ? 0 : Math.max(0, clock.nowMs() - oldest) / 1_000);
      if (endsAtMs !== undefined) expiry.set({ destination, name }, (endsAtMs - clock.nowMs()) / 1_000);
    }
  }
}
