import type { RedactableFieldName } from '../../src/attestation/redactable-fields.ts';
import type { PatternName } from '../../src/ocsf/redaction/patterns/pattern.ts';

/** What can be searched for in an event: texts that stand nowhere else in the record. */
export interface Marks {
  readonly fields: ReadonlyMap<RedactableFieldName, readonly string[]>;
  readonly patterns: Readonly<Record<PatternName, string>>;
}

const PATTERN_MARKS: Marks['patterns'] = {
  email: 'mark.email@example.com',
  ipv4: '198.51.100.77',
  ipv6: '2001:db8::77:1',
  iban: 'DE89 3704 0044 0532 0130 00',
  credit_card: '4111 1111 1111 1111',
  jwt: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYXJrIn0.bWFyaw',
  phone: '+49 30 7654321',
};

/**
 * A record in which every field that can be redacted has a text of its own, and free texts hold one of each pattern.
 * `resolved`: the answer to an escalation, else a decision.
 */
export function markedAttestation(resolved: boolean): { readonly record: object; readonly marks: Marks } {
  const fields = new Map<RedactableFieldName, string[]>();
  const mark = (
    field: RedactableFieldName,
    text = `mark-${field.replaceAll('.', '-')}-${fields.size}`,
  ): string => {
    fields.set(field, [...(fields.get(field) ?? []), text]);
    return text;
  };
  const patterns = Object.values(PATTERN_MARKS).join(', ');
  const entity = (): object => ({
    id: mark('impact.entities.id'),
    name: mark('impact.entities.name'),
    type: mark('impact.entities.type'),
    relationship: mark('impact.entities.relationship'),
    extra: patterns,
  });
  const constraint = (): object => ({
    id: mark('constraints.id'),
    name: mark('constraints.name'),
    outcome: 'fail',
    reason: `${mark('constraints.reason')} ${patterns}`,
  });
  const record = {
    attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e03',
    workspace_id: 'ws-test',
    timestamp: '2026-11-24T10:00:00Z',
    verdict: resolved ? 'escalate' : 'deny',
    tool_name: mark('tool_name', 'markserver.marktool'),
    agent_id: mark('agent_id'),
    agent: {
      name: mark('agent.name'),
      version: mark('agent.version'),
      framework: mark('agent.framework'),
      model: {
        provider: mark('agent.model.provider'),
        name: mark('agent.model.name'),
        version: mark('agent.model.version'),
      },
    },
    session_id: mark('session_id'),
    trace_id: mark('trace_id'),
    span_id: mark('span_id'),
    payload_hash: mark('payload_hash', 'ab'.repeat(32)),
    impact: {
      severity: 'high',
      hash: mark('impact.hash', 'cd'.repeat(32)),
      entities: [entity(), entity()],
      rollback_plan: `${mark('impact.rollback_plan')} ${patterns}`,
    },
    constraints: [constraint(), constraint()],
    rewrites: [{ op: mark('rewrites.op'), field: mark('rewrites.field') }],
    delegation: {
      id: mark('delegation.id'),
      parent_id: mark('delegation.parent_id'),
      issuer: mark('delegation.issuer'),
      delegator_id: mark('delegation.delegator_id'),
    },
    policy_version: mark('policy_version'),
    signature: {
      version: 'v1',
      algorithm: 'ed25519',
      key_id: mark('signature.key_id'),
      value: mark('signature.value'),
    },
    note: { deep: [mark('unknown')], with: patterns },
    ...(resolved
      ? {
          resolves: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e01',
          resolution: {
            decision: 'rejected',
            by: mark('resolution.by'),
            at: '2026-11-24T10:05:00Z',
            reason: `${mark('resolution.reason')} ${patterns}`,
          },
        }
      : {}),
  };
  return { record, marks: { fields, patterns: PATTERN_MARKS } };
}
