/** The service is killed with -9 in the middle of its work and started again. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { generateAttestations } from '../support/generate-attestations.ts';
import { arrivalsOf, assertAllArrived, assertGapFree, streamOf } from './arrival.ts';
import {
  record,
  startThreeDestinations,
  type ThreeDestinations,
  uidOf,
  WORKSPACE,
} from './three-destinations.ts';
import type { JsonObject } from '../../src/json.ts';

const COUNT = Number(process.env['AEGIS_SIEM_TEST_EVENTS'] ?? 20_000);
const PER_REQUEST = 1_000;

describe('a service that is killed loses nothing', () => {
  for (const store of ['sqlite', 'postgres'] as const) {
    it(`kill -9 in the middle of ${COUNT} events on ${store}: all arrive, doubles are of batches in flight`, async () => {
      await using rig = await startThreeDestinations(store);
      const texts = [...generateAttestations({ seed: 9, count: COUNT, workspaceId: WORKSPACE })];
      await record(rig.service, texts.slice(0, COUNT / 2), PER_REQUEST);
      // Killed while delivery is under way: some batches are in, some on the wire, most not formed.
      await rig.splunk.waitFor(Math.floor(COUNT / 10), 60_000);
      await rig.restart('SIGKILL');
      await record(rig.service, texts.slice(COUNT / 2), PER_REQUEST);
      await waitForUids(rig, COUNT);
      for (const [name, events] of Object.entries(arrivalsOf(rig))) {
        assertAllArrived(events, texts);
        assertGapFree(events, COUNT);
        assertDoublesAreWholeBatches(name, events);
      }
    });
  }
});

/** Where the death of the process cannot be proved (not on Linux), its lease of 30 s runs first. */
const WAIT_MS = 240_000;

/** Doubles make the count of arrivals say little: what counts is that each record is among them. */
async function waitForUids(rig: ThreeDestinations, count: number): Promise<void> {
  const untilMs = Date.now() + WAIT_MS;
  for (;;) {
    const distinct = Object.values(arrivalsOf(rig)).map((events) => new Set(events.map(uidOf)).size);
    if (distinct.every((size) => size === count)) return;
    assert.ok(Date.now() < untilMs, `${distinct.join(', ')} of ${count} arrived in ${WAIT_MS} ms`);
    // Answers when a good many more were taken, or soon: another destination may be the one that is behind.
    await rig.splunk.waitFor(rig.splunk.events().length + 5_000, 2_000).catch(() => undefined);
  }
}

/** A repeated event keeps number and bytes, and the repeats form at most as many runs of numbers as batches were in flight. */
function assertDoublesAreWholeBatches(name: string, events: readonly JsonObject[]): void {
  const texts = new Map<string, string>();
  const repeated = new Set<number>();
  for (const event of events) {
    const text = JSON.stringify(event);
    const before = texts.get(uidOf(event));
    if (before === undefined) texts.set(uidOf(event), text);
    else {
      assert.equal(text, before, `${name}: a repeated event has other bytes`);
      repeated.add(streamOf(event).seq);
    }
  }
  const numbers = [...repeated].sort((left, right) => left - right);
  const runs = numbers.filter((number, index) => index === 0 || numbers[index - 1] !== number - 1).length;
  assert.ok(runs <= MAX_BATCHES_IN_FLIGHT, `${name}: ${numbers.length} doubles in ${runs} runs`);
}

/** Batches that a lane sends at once by default. */
const MAX_BATCHES_IN_FLIGHT = 4;
