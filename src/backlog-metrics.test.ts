import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { addBacklogMetrics } from './backlog-metrics.ts';
import type { DestinationProgress } from './store/admin-store.ts';
import { MemoryDeliveryStore } from './store/memory/memory-delivery-store.ts';
import { seedDestination } from './store/memory/memory-seed.ts';

test('the first scrape shows every gauge of each destination, from one look at the store', async () => {
  const { tables } = new MemoryDeliveryStore(() => 0);
  const destination = {
    ...seedDestination(tables, { destinationNo: 1 }),
    credentialNotes: { expiresAtMs: 70_000 },
  };
  const registry = new Registry();
  let looks = 0;
  addBacklogMetrics(registry, {
    admin: {
      listDestinations: () => {
        looks += 1;
        return Promise.resolve({ items: [destination] });
      },
      readProgress: () =>
        Promise.resolve({
          openRows: 7,
          deadLetters: 2,
          oldestOpenRecordedAtMs: 4_000,
          pausedUntilMs: 0,
        } as DestinationProgress),
    },
    backlog: { measure: () => Promise.resolve({ rows: 7, bytes: 70 }) },
    proof: { lastCheckpoint: () => Promise.resolve(undefined) },
    clock: { nowMs: () => 10_000 },
  });
  const text = await registry.metrics();
  const value = (name: string): string | undefined =>
    new RegExp(`^${name}\\{[^}]*\\} (?<value>\\S+)$`, 'm').exec(text)?.groups?.['value'];
  assert.equal(value('aegis_siem_outbox_open_rows'), '7');
  assert.equal(value('aegis_siem_dead_letters'), '2');
  assert.equal(value('aegis_siem_outbox_oldest_open_age_seconds'), '6');
  assert.equal(value('aegis_siem_credential_expiry_seconds'), '60');
  assert.equal(looks, 1);
  await registry.metrics();
  assert.equal(looks, 2, 'each scrape looks anew');
});
