import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/json.ts';
import { validateEvent } from '../../src/ocsf/validate-event.ts';
import { uidOf, type ThreeDestinations } from './three-destinations.ts';

const SEVERITY_BY_VERDICT: Readonly<Record<string, number>> = { ALLOW: 1, REWRITE: 2, DENY: 3, ESCALATE: 4 };
const WAIT_MS = 240_000;

/** What one SIEM got, in the order of arrival. */
export type Arrivals = Readonly<Record<'splunk' | 'sentinel' | 'sentinel-legacy', readonly JsonObject[]>>;

export async function waitForArrivals({ splunk, azure }: ThreeDestinations, count: number): Promise<void> {
  await Promise.all([
    splunk.waitFor(count, WAIT_MS),
    azure.waitFor(count, 'logs_ingestion', WAIT_MS),
    azure.waitFor(count, 'data_collector', WAIT_MS),
  ]);
}

export function arrivalsOf({ splunk, azure }: ThreeDestinations): Arrivals {
  return {
    splunk: splunk.events().map(({ event }) => event),
    sentinel: azure.events('logs_ingestion'),
    'sentinel-legacy': azure.events('data_collector'),
  };
}

/** Each record arrived, as a valid event with the severity of its verdict. */
export function assertAllArrived(events: readonly JsonObject[], texts: readonly string[]): void {
  const uids = new Set(events.map(uidOf));
  const missing = texts
    .map((text) => (JSON.parse(text) as { attestation_id: string }).attestation_id)
    .filter((id) => !uids.has(id));
  assert.deepEqual(missing.slice(0, 5), [], `${missing.length} never arrived`);
  for (const event of events) {
    const findings = validateEvent(event);
    if (findings.length > 0) assert.fail(JSON.stringify(findings));
    const { aegis } = event['unmapped'] as { aegis: { verdict: string } };
    assert.equal(event['severity_id'], SEVERITY_BY_VERDICT[aegis.verdict]);
  }
}

/** Numbers of the destination's stream, without a gap from 1, in one epoch. */
export function assertGapFree(events: readonly JsonObject[], count: number): void {
  const epochs = new Set(events.map((event) => streamOf(event).epoch));
  assert.equal(epochs.size, 1);
  const numbers = new Set(events.map((event) => streamOf(event).seq));
  assert.equal(numbers.size, count);
  for (let number = 1; number <= count; number += 1) assert.ok(numbers.has(number), `${number} is missing`);
}

export function streamOf(event: JsonObject): { readonly epoch: string; readonly seq: number } {
  return (event['unmapped'] as unknown as { aegis: { stream: { epoch: string; seq: number } } }).aegis.stream;
}
