import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryAttestation } from '../../test/support/arbitrary-attestation.ts';
import { parseAttestation } from '../attestation/parse-attestation.ts';
import type { JsonObject } from '../json.ts';
import { cutToFit } from './cut-to-fit.ts';
import type { WireEvent } from './ocsf-event.ts';
import { attestationToOcsf2001 } from './map-attestation.ts';
import { stamp } from './stamp.ts';
import type { Truncation } from './truncation.ts';
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

function truncated(event: WireEvent): readonly Truncation[] {
  const aegis = (event.event['unmapped'] as JsonObject)['aegis'] as JsonObject;
  return (aegis['truncated'] ?? []) as unknown as readonly Truncation[];
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

  it('takes little more than what is over', () => {
    const event = wire(BIG);
    const cut = cutToFit(event, event.bytes - 100, bytes);
    assert.ok(cut !== undefined);
    assert.ok(event.bytes - cut.bytes < 1_500, `${event.bytes - cut.bytes} bytes were cut`);
    assert.equal(truncated(cut).length, 1);
  });

  it('takes from every long text rather than all from one', () => {
    const event = wire({ ...BIG, impact: { rollback_plan: 'p'.repeat(30_000) }, note: 'n'.repeat(29_000) });
    const cut = cutToFit(event, event.bytes - 29_000, bytes);
    assert.ok(cut !== undefined);
    const { aegis } = cut.event['unmapped'] as unknown as {
      aegis: { rollback_plan: string; unknown: { note: string } };
    };
    for (const text of [aegis.rollback_plan, aegis.unknown.note])
      assert.ok(text.length > 10_000, `${text.length}`);
  });

  it('gives the same bytes again', () => {
    const texts = [0, 1].map(() => cutToFit(wire(BIG), 9_000, bytes)?.text);
    assert.equal(texts[0], texts[1]);
  });

  it('lists a text once, with its own length and hash, also when the mapping had cut it before', () => {
    const reason = 'x'.repeat(65_536);
    const event = wire({ ...BIG, impact: {}, constraints: [{ id: 'c', outcome: 'fail', reason }] });
    const cut = cutToFit(event, 20_000, bytes);
    assert.ok(cut !== undefined);
    const paths = truncated(cut).map(({ path }) => path);
    assert.deepEqual([...new Set(paths)], paths);
    const listed = truncated(cut).find(
      ({ path }) => path === 'finding.supporting_data.constraints[0].reason',
    );
    assert.deepEqual(listed, {
      path: 'finding.supporting_data.constraints[0].reason',
      chars: 65_536,
      sha256: createHash('sha256').update(reason).digest('hex'),
    });
  });

  it('lists a part that is left out with the hash of all of it, and no cuts inside of it', () => {
    const notes = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`n${index}`, 'y'.repeat(300)]),
    );
    const event = wire({ ...BIG, notes });
    const cut = cutToFit(event, 15_000, bytes);
    assert.ok(cut !== undefined);
    const { unknown } = (event.event['unmapped'] as { aegis: { unknown: unknown } }).aegis;
    const text = JSON.stringify(unknown);
    assert.deepEqual(
      truncated(cut).filter(({ path }) => path.startsWith('unmapped.aegis.unknown')),
      [
        {
          path: 'unmapped.aegis.unknown',
          chars: text.length,
          sha256: createHash('sha256').update(text).digest('hex'),
        },
      ],
    );
    assert.deepEqual(validateEvent(cut.event), []);
  });

  it('cuts events of others as well: observables follow the texts, and what they put in unmapped goes first', () => {
    const operation = 'o'.repeat(9_000);
    const event = toWireEvent(
      stamp(
        {
          class_uid: 6003,
          category_uid: 6,
          activity_id: 1,
          type_uid: 600301,
          severity_id: 1,
          time: 1_795_166_130_412,
          actor: { user: { uid: 'u-1' } },
          api: { operation },
          src_endpoint: { uid: 'e-1' },
          metadata: { version: '1.1.0', uid: 'x', product: { name: 'X', vendor_name: 'Example' } },
          observables: [{ name: 'api.operation', type_id: 99, type: 'Operation', value: operation }],
          unmapped: { blob: Array.from({ length: 5_000 }, (_, index) => index) },
        },
        PLACE,
      ),
    );
    const cut = cutToFit(event, 6_000, bytes);
    assert.ok(cut !== undefined && cut.bytes <= 6_000);
    assert.deepEqual(Object.keys(cut.event['unmapped'] as object), ['aegis']);
    const [observable] = cut.event['observables'] as unknown as readonly { value: string }[];
    assert.equal(observable?.value, (cut.event['api'] as { operation: string }).operation);
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
