/** 20,000 decisions over REST, on each store, to all three kinds of SIEM. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { generateAttestations } from '../support/generate-attestations.ts';
import { arrivalsOf, assertAllArrived, assertGapFree, waitForArrivals } from './arrival.ts';
import { record, startThreeDestinations, WORKSPACE } from './three-destinations.ts';

const COUNT = Number(process.env['AEGIS_SIEM_TEST_EVENTS'] ?? 20_000);
const PER_REQUEST = 1_000;

describe('every attestation reaches Splunk and Sentinel as a valid event', () => {
  for (const store of ['sqlite', 'postgres'] as const) {
    it(`${COUNT} over REST on ${store}: each arrives exactly once, numbered without a gap`, async () => {
      await using rig = await startThreeDestinations(store);
      const texts = [...generateAttestations({ seed: 2_026, count: COUNT, workspaceId: WORKSPACE })];
      await record(rig.service, texts, PER_REQUEST);
      await waitForArrivals(rig, COUNT);
      for (const [name, events] of Object.entries(arrivalsOf(rig))) {
        assert.equal(events.length, COUNT, `${name} got each event exactly once`);
        assertAllArrived(events, texts);
        assertGapFree(events, COUNT);
      }
      assert.equal(await rig.service.end('SIGTERM'), 0);
    });
  }
});
