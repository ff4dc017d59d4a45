import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAttestation } from '../attestation/parse-attestation.ts';
import { DEFAULT_OCSF_SETTINGS, type OcsfEvent } from '../ocsf/ocsf-event.ts';
import { attestationToOcsf2001 } from '../ocsf/map-attestation.ts';
import { arrivedExactly, countEvents } from './count-arrivals.ts';
import { type DemoDecision, readDemoDecisions } from './demo-decisions.ts';

const DECISIONS = readDemoDecisions().slice(0, 3);
const EVENTS = DECISIONS.map(eventOf);

function eventOf({ text }: DemoDecision): OcsfEvent {
  const parsed = parseAttestation(text);
  assert.ok(parsed.ok);
  return attestationToOcsf2001(parsed.attestation, DEFAULT_OCSF_SETTINGS);
}

test('every decision once is exact', () => {
  const arrival = countEvents('splunk', EVENTS, DECISIONS);
  assert.deepEqual(arrival, { name: 'splunk', delivered: 3, duplicates: 0, strangers: 0, invalid: 0 });
  assert.ok(arrivedExactly(arrival, 3));
});

test('a missing event is not made up for by a duplicate of another one', () => {
  const arrival = countEvents('splunk', [EVENTS[0], EVENTS[0], EVENTS[1]], DECISIONS);
  assert.deepEqual([arrival.delivered, arrival.duplicates], [2, 1]);
  assert.ok(!arrivedExactly(arrival, 3));
});

test('an event of no decision, or one that is not valid, is not exact', () => {
  const stranger = countEvents('splunk', [...EVENTS, { metadata: { uid: 'x' } }], DECISIONS);
  assert.deepEqual([stranger.delivered, stranger.strangers, stranger.invalid], [3, 1, 1]);
  assert.ok(!arrivedExactly(stranger, 3));
  const [first, ...rest] = EVENTS;
  const broken = countEvents('splunk', [{ ...first, class_uid: 'two thousand' }, ...rest], DECISIONS);
  assert.deepEqual([broken.delivered, broken.invalid], [3, 1]);
  assert.ok(!arrivedExactly(broken, 3));
});
