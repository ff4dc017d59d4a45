import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryAttestation } from '../../test/support/arbitrary-attestation.ts';
import { parseAttestation } from '../attestation/parse-attestation.ts';
import type { JsonObject } from '../json.ts';
import { cutToFit } from './cut-to-fit.ts';
import type { WireEvent } from './ocsf-event.ts';
import { attestationToOcsf2001 } from './security-finding-2001.ts';
import { stamp } from './stamp.ts';
import { validateEvent } from './validate-event.ts';
import { toWireEvent } from './wire-event.ts';

const PLACE = { streamId: 's-1', epoch: 'e-1', seq: 7, kind: 'event' } as const;
const bytes = (event: WireEvent): number => event.bytes;
/** As Sentinel counts: the text once more as a JSON string. */
const escaped = (event: WireEvent): number => Buffer.byteLength(JSON.stringify(event.text));

function wire(record: object): WireEvent {
  const parsed = parseAttestation(JSON.stringify(record));
  assert.ok(parsed.ok);
  return toWireEvent(stamp(attestationToOcsf2001(parsed.attestation), PLACE));
}

function truncated(event: WireEvent): readonly { path: string; chars: number }[] {
  const aegis = (event.event['unmapped'] as JsonObject)['aegis'] as JsonObject;
  return (aegis['truncated'] ?? []) as unknown as readonly { path: string; chars: number }[];
}

describe('cutToFit', () => {
  it('leaves an event alone that fits', () => {
    const event = wire(BIG);
    assert.equal(cutToFit(event, event.bytes, bytes), event);
  });

  it('cuts the largest free text first, keeps identity and place, and says what it cut', () => {
    const event = wire(BIG);
    const cut = cutToFit(event, 20_000, bytes);
    assert.ok(cut !== undefined);
    assert.ok(cut.bytes <= 20_000);
    assert.equal(cut.text, JSON.stringify(cut.event));
    assert.deepEqual(cut.event['metadata'], event.event['metadata']);
    assert.deepEqual(cut.event['resources'], event.event['resources']);
    assert.ok(
      truncated(cut).some(({ path, chars }) => path === 'unmapped.aegis.rollback_plan' && chars === 40_000),
    );
    assert.deepEqual(validateEvent(cut.event), []);
  });

  it('answers nothing when not even the smallest form fits', () => {
    assert.equal(cutToFit(wire(BIG), 300, bytes), undefined);
  });

  it('gives a valid event within 32 KB and 64 KB as Sentinel counts, for every record that the parser accepts', () => {
    fc.assert(
      fc.property(arbitraryAttestation(), fc.constantFrom(32_000, 64_000), (record, maxSize) => {
        const cut = cutToFit(wire(record), maxSize, escaped);
        assert.ok(cut !== undefined);
        assert.ok(escaped(cut) <= maxSize);
        assert.deepEqual(validateEvent(cut.event), []);
      }),
      { numRuns: 100 },
    );
  });
});

const BIG = {
  attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e03',
  workspace_id: 'ws-finance',
  timestamp: '2026-11-20T09:15:30.412Z',
  verdict: 'deny',
  tool_name: 'salesforce.delete_contact',
  agent_id: 'agent-7',
  impact: { rollback_plan: 'é'.repeat(40_000), entities: [{ id: 'sf:contacts', name: 'contacts' }] },
  constraints: [{ id: 'c', outcome: 'fail', reason: 'x'.repeat(3_000) }],
};
