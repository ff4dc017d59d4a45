import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryAttestation } from '../../test/support/arbitrary-attestation.ts';
import { generateAttestations } from '../../test/support/generate-attestations.ts';
import type { Attestation, Resolution } from '../attestation/attestation.ts';
import { parseAttestation } from '../attestation/parse-attestation.ts';
import type { JsonValue } from '../json.ts';
import type { OcsfEvent } from './ocsf-event.ts';
import { attestationToOcsf2001 } from './map-attestation.ts';
import { stamp } from './stamp.ts';
import { validateEvent } from './validate-event.ts';
import { visibleText } from './visible-text.ts';
import { toWireEvent } from './wire-event.ts';

const REQUIRED = {
  attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e03',
  workspace_id: 'ws-finance',
  timestamp: '2026-11-20T09:15:30.412Z',
  tool_name: 'salesforce.delete_contact',
  agent_id: 'agent-7',
};
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u;
const PLACE = { streamId: 's-1', epoch: 'e-1', seq: 7, kind: 'event' } as const;

function accepted(record: object): Attestation {
  const parsed = parseAttestation(JSON.stringify(record));
  assert.ok(parsed.ok, parsed.ok ? '' : JSON.stringify(parsed.refusal));
  return parsed.attestation;
}

function answered(decision: Resolution['decision']): object {
  return {
    verdict: 'escalate',
    resolves: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e01',
    resolution: { decision, by: 'm.ortiz', at: '2026-11-20T10:00:00Z' },
  };
}

/** All texts, numbers and booleans in a value. */
function leaves(value: JsonValue | undefined | OcsfEvent): unknown[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [value];
  return Object.values(value).flatMap((item) => leaves(item as JsonValue));
}

describe('attestationToOcsf2001', () => {
  for (const [verdict, severityId, severity, status] of [
    ['allow', 1, 'Informational', 'Success'],
    ['rewrite', 2, 'Low', 'Success'],
    ['deny', 3, 'Medium', 'Failure'],
    ['escalate', 4, 'High', 'Escalated'],
  ] as const) {
    it(`gives ${verdict} the severity ${severity}, whatever the impact`, () => {
      for (const impact of ['low', 'critical'] as const) {
        const event = attestationToOcsf2001(accepted({ ...REQUIRED, verdict, impact: { severity: impact } }));
        assert.equal(event['severity_id'], severityId);
        assert.equal(event['severity'], severity);
        assert.equal(event['status'], status);
        assert.equal(event['impact'], impact === 'low' ? 'Low' : 'Critical');
        assert.equal(event['type_uid'], 200101);
        assert.deepEqual(validateEvent(event), []);
      }
    });
  }

  it('is valid, stamped and unstamped, for every record that the parser accepts', () => {
    fc.assert(
      fc.property(arbitraryAttestation(), (record) => {
        const event = attestationToOcsf2001(accepted(record));
        assert.deepEqual(validateEvent(event), []);
        const stamped = stamp(event, PLACE);
        assert.deepEqual(validateEvent(stamped), []);
        assert.deepEqual(validateEvent(JSON.parse(toWireEvent(stamped).text)), []);
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same bytes for the same record', () => {
    for (const text of generateAttestations({ seed: 5, count: 50 })) {
      const twice = [0, 1].map(() => {
        const parsed = parseAttestation(text);
        assert.ok(parsed.ok);
        return toWireEvent(stamp(attestationToOcsf2001(parsed.attestation), PLACE)).text;
      });
      assert.equal(twice[0], twice[1]);
    }
  });

  it('leaves no raw control, bidi or tag character in the text that is sent', () => {
    fc.assert(
      fc.property(arbitraryAttestation(), (record) => {
        const { text } = toWireEvent(attestationToOcsf2001(accepted(record)));
        JSON.parse(text, (key, value: unknown) => {
          for (const said of [key, value]) if (typeof said === 'string') assert.doesNotMatch(said, INVISIBLE);
          return value;
        });
      }),
      { numRuns: 100 },
    );
  });

  it('cuts a reason over 65,535 characters on a character boundary and lists it with length and hash', () => {
    const reason = '😀'.repeat(32_768);
    const event = attestationToOcsf2001(
      accepted({ ...REQUIRED, verdict: 'deny', constraints: [{ id: 'c', outcome: 'fail', reason }] }),
    );
    const aegis = (
      event['unmapped'] as { aegis: { truncated: { path: string; chars: number; sha256: string }[] } }
    ).aegis;
    const cut = aegis.truncated.find(({ path }) => path === 'analytic.desc');
    assert.equal(cut?.chars, 65_536);
    assert.match(cut.sha256, /^[0-9a-f]{64}$/);
    const { desc } = event['analytic'] as { desc: string };
    assert.equal(desc.length, 65_534);
    assert.ok(desc.isWellFormed());
    assert.deepEqual(validateEvent(event), []);
  });

  it('closes the finding of the escalation that a resolution record answers, at severity High', () => {
    const resolves = '0193476d-3f10-7a51-8c3e-5a8d0c1b2e99';
    const event = attestationToOcsf2001(
      accepted({
        ...REQUIRED,
        verdict: 'escalate',
        resolves,
        resolution: { decision: 'rejected', by: 'm.ortiz', at: '2026-11-20T10:00:00Z', reason: 'not agreed' },
      }),
    );
    assert.equal(event['type_uid'], 200103);
    assert.equal(event['severity'], 'High');
    assert.equal(event['state'], 'Resolved');
    assert.equal(event['status_code'], 'REJECTED');
    assert.equal(event['status_detail'], 'rejected by m.ortiz: not agreed');
    assert.match(event['message'] as string, /by agent-7 was rejected by m\.ortiz: not agreed$/);
    assert.equal((event['finding'] as { uid: string }).uid, resolves);
    assert.equal((event['metadata'] as { uid: string }).uid, REQUIRED.attestation_id);
    assert.deepEqual(validateEvent(event), []);
  });

  it('loses nothing of a record but empty texts and raw arguments', () => {
    fc.assert(
      fc.property(arbitraryAttestation(), (record) => {
        const attestation = accepted(record);
        const sent = new Set(leaves(attestationToOcsf2001(attestation)));
        const { time_ms: _, verdict, ...rest } = attestation;
        assert.ok(sent.has(verdict.toUpperCase()));
        for (const leaf of leaves(rest as unknown as JsonValue)) {
          const expected = typeof leaf === 'string' ? visibleText(leaf) : leaf;
          // A text over the schema's length (counted as it is sent) is cut, which has a test of its own.
          if (typeof expected === 'string' && expected.length > 65_535) continue;
          if (leaf !== '' && leaf !== null && leaf !== 1) assert.ok(sent.has(expected), JSON.stringify(leaf));
        }
      }),
      { numRuns: 150 },
    );
  });

  for (const [given, title, message] of [
    [{ verdict: 'allow' }, 'Agent tool call allowed', 'agent-7 was allowed to call T'],
    [
      { verdict: 'rewrite' },
      'Agent tool call allowed with changes',
      'agent-7 was allowed to call T with changes',
    ],
    [{ verdict: 'deny' }, 'Agent tool call denied', 'agent-7 was blocked from calling T'],
    [
      { verdict: 'escalate' },
      'Agent tool call escalated for approval',
      'agent-7 waits for approval to call T',
    ],
    [
      answered('approved'),
      'Escalated agent tool call approved',
      'the escalated call of T by agent-7 was approved',
    ],
    [
      answered('rejected'),
      'Escalated agent tool call rejected',
      'the escalated call of T by agent-7 was rejected',
    ],
    [
      answered('expired'),
      'Escalated agent tool call expired without approval',
      'the escalated call of T by agent-7 expired',
    ],
  ] as const) {
    it(`says of a call what became of it, and not that it was made: ${title}`, () => {
      const event = attestationToOcsf2001(accepted({ ...REQUIRED, ...given }));
      const tool = REQUIRED.tool_name;
      assert.equal((event['finding'] as { title: string }).title, `${title}: ${tool}`);
      const said = (event['message'] as string).replace(tool, 'T').replace(/^Aegis [A-Z]+: /u, '');
      assert.ok(said.startsWith(message), said);
    });
  }

  it('says in the message who did what and why, in one line, however long the reasons are', () => {
    const constraints = [
      { id: 'c-1', outcome: 'pass', reason: 'fine' },
      { id: 'c-2', outcome: 'fail', reason: `too much ${'😀'.repeat(2_000)}` },
      { id: 'c-3', outcome: 'fail', reason: 'too late' },
    ];
    const event = attestationToOcsf2001(
      accepted({ ...REQUIRED, verdict: 'deny', agent: { name: 'crm-bot' }, constraints }),
    );
    const message = event['message'] as string;
    assert.match(
      message,
      /^Aegis DENY: crm-bot \(agent-7\) was blocked from calling salesforce\.delete_contact: c-2: too much 😀/u,
    );
    assert.match(message, /😀…; 1 more objected$/u);
    assert.ok(message.isWellFormed() && message.length < 700);
    assert.equal(event['status_detail'], `c-2: too much ${'😀'.repeat(2_000)}; c-3: too late`);
    assert.equal((event['analytic'] as { uid: string }).uid, 'c-2');
  });

  it('names what was rewritten, never the values', () => {
    const event = attestationToOcsf2001(
      accepted({
        ...REQUIRED,
        verdict: 'rewrite',
        rewrites: [{ op: 'cap_value', field: 'amount' }, { op: 'strip' }],
      }),
    );
    assert.match(event['message'] as string, /; rewritten: cap_value amount, strip$/);
  });

  it('has an entity without id or name as a resource that the schema takes', () => {
    const event = attestationToOcsf2001(
      accepted({
        ...REQUIRED,
        verdict: 'allow',
        impact: { entities: [{ type: 'file' }, { id: '', name: '' }] },
      }),
    );
    assert.deepEqual((event['resources'] as object[]).slice(2), [
      { name: 'unnamed entity', type: 'file' },
      { name: 'unnamed entity' },
    ]);
    assert.deepEqual(validateEvent(event), []);
  });

  it('keeps everything unknown, and raw arguments nowhere', () => {
    const secret = 'do-not-send-4711';
    const event = attestationToOcsf2001(
      accepted({
        ...REQUIRED,
        verdict: 'allow',
        arguments: { iban: secret },
        team: { cost: 3 },
        impact: { note: 'n' },
      }),
    );
    const { aegis } = event['unmapped'] as { aegis: { unknown: unknown; withheld: unknown } };
    assert.deepEqual(JSON.parse(JSON.stringify(aegis.unknown)), { team: { cost: 3 }, impact: { note: 'n' } });
    assert.deepEqual(aegis.withheld, ['arguments']);
    assert.doesNotMatch(JSON.stringify(event), new RegExp(secret));
  });

  it('puts identity into the first bytes, for search heads that extract fields from 5,000 bytes only', () => {
    for (const text of generateAttestations({ seed: 9, count: 100 })) {
      const parsed = parseAttestation(text);
      assert.ok(parsed.ok);
      const wire = toWireEvent(stamp(attestationToOcsf2001(parsed.attestation), PLACE)).text;
      for (const field of ['"class_uid"', '"severity_id"', '"uid"', '"sequence"']) {
        assert.ok(wire.indexOf(field) < 1_000, `${field} stands at ${wire.indexOf(field)}`);
      }
    }
  });
});
