import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryAttestation } from '../../test/support/arbitrary-attestation.ts';
import { accepted, OCSF_SETTINGS } from '../../test/support/ocsf-settings.ts';
import { stamp } from './stamp.ts';
import { attestationToOcsf } from './map-attestation.ts';
import { toWireEvent } from './wire-event.ts';
import { validateEvent } from './validate-event.ts';

const PLACE = { streamId: 's', epoch: 'e', seq: 7, kind: 'event' } as const;
const REQUIRED = {
  attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e01',
  workspace_id: 'ws-1',
  timestamp: '2026-11-20T09:15:28.100Z',
  tool_name: 'payments.create_transfer',
  agent_id: 'agent-7',
} as const;

describe('attestationToOcsf', () => {
  it('is valid in every class and version, for every record that the parser accepts', () => {
    fc.assert(
      fc.property(arbitraryAttestation(), fc.constantFrom(...OCSF_SETTINGS), (record, settings) => {
        const event = stamp(attestationToOcsf(accepted(record), settings), PLACE);
        assert.deepEqual(validateEvent(JSON.parse(toWireEvent(event).text)), []);
      }),
      { numRuns: 600 },
    );
  });

  for (const settings of OCSF_SETTINGS) {
    const name = `${settings.classUid} at ${settings.version}`;
    it(`${name}: the verdict alone decides the severity`, () => {
      const severities = (['allow', 'rewrite', 'deny', 'escalate'] as const).map((verdict) => {
        const record = { ...REQUIRED, verdict, impact: { severity: 'critical' } };
        const event = attestationToOcsf(accepted(record), settings);
        assert.deepEqual(validateEvent(event), []);
        return event['severity_id'];
      });
      assert.deepEqual(severities, [1, 2, 3, 4]);
    });

    it(`${name}: the answer to an escalation joins the thread of the escalation`, () => {
      const answer = {
        ...REQUIRED,
        attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e02',
        verdict: 'escalate',
        resolves: REQUIRED.attestation_id,
        resolution: { decision: 'approved', by: 'm.ortiz', at: '2026-11-20T09:20:00Z' },
      };
      const event = attestationToOcsf(accepted(answer), settings) as unknown as {
        metadata: { uid: string };
        finding?: { uid: string };
        finding_info?: { uid: string };
        api?: { request: { uid: string } };
        activity_id: number;
        status_code: string;
      };
      assert.equal(event.metadata.uid, answer.attestation_id);
      const thread = event.finding?.uid ?? event.finding_info?.uid ?? event.api?.request.uid;
      assert.equal(thread, REQUIRED.attestation_id);
      assert.equal(event.status_code, 'APPROVED');
      if (settings.classUid !== 6003) assert.equal(event.activity_id, 3);
    });
  }

  it('says what a call of no known kind did in the words of the tool', () => {
    const settings = { classUid: 6003, version: '1.9.0' } as const;
    const event = attestationToOcsf(accepted({ ...REQUIRED, verdict: 'allow' }), settings);
    assert.deepEqual(
      [event['activity_id'], event['activity_name'], event['type_name']],
      [99, 'create_transfer', 'API Activity: Other'],
    );
    const other = attestationToOcsf(
      accepted({ ...REQUIRED, tool_name: 'x.Other', verdict: 'allow' }),
      settings,
    );
    assert.equal(other['activity_name'], 'x.Other');
    assert.deepEqual(validateEvent(other), []);
  });

  it('gives the call a principal where it was delegated, and the agent where it was not', () => {
    const settings = { classUid: 6003, version: '1.9.0' } as const;
    const userOf = (more: object): unknown =>
      (
        attestationToOcsf(accepted({ ...REQUIRED, verdict: 'allow', ...more }), settings)[
          'actor'
        ] as object as {
          user: { uid: string };
        }
      ).user.uid;
    assert.equal(userOf({}), 'agent-7');
    assert.equal(userOf({ delegation: { id: 'd', delegator_id: 'u-31' } }), 'u-31');
  });
});
