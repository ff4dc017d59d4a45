import type { OcsfEvent, WireEvent } from '../../src/ocsf/ocsf-event.ts';

export interface SampleOptions {
  readonly seq?: number;
  readonly uid?: string;
  readonly message?: string;
  readonly timeMs?: number;
}

/** An event with a value for every column of a row. */
export function sampleOcsfEvent(options: SampleOptions = {}): OcsfEvent {
  const {
    seq = 1,
    uid = `0193476d-3f10-7a51-8c3e-${String(seq).padStart(12, '0')}`,
    timeMs = Date.now(),
  } = options;
  return {
    class_uid: 2001,
    category_uid: 2,
    activity_id: 1,
    type_uid: 200_101,
    severity_id: 3,
    time: timeMs,
    metadata: {
      version: '1.1.0',
      uid,
      sequence: seq,
      event_code: 'attestation.deny',
      product: { name: 'Aegis', vendor_name: 'Aegis', version: '1.0.0' },
      tenant_uid: 'ws-finance',
    },
    class_name: 'Security Finding',
    type_name: 'Security Finding: Create',
    severity: 'Medium',
    status_id: 2,
    message: options.message ?? 'Aegis DENY: agent-7 was blocked from calling crm.delete_contact',
    actor: { user: { uid: 'user-12', name: 'Ana Müller' } },
    src_endpoint: { ip: '192.0.2.7' },
    finding: {
      uid,
      supporting_data: { constraints: [{ id: 'c-1', outcome: 'fail', reason: 'over the limit of 10' }] },
    },
    resources: [{ uid: 'agent-7', name: 'invoice-bot', type: 'AI Agent' }],
    unmapped: {
      aegis: {
        attestation_id: uid,
        verdict: 'DENY',
        agent_id: 'agent-7',
        tool_name: 'crm.delete_contact',
        workspace_id: 'ws-finance',
        payload_hash: '81'.repeat(32),
        impact_hash: '95'.repeat(32),
        impact_severity: 'high',
        constraint_ids: ['c-1'],
        truncated: [{ path: 'message', chars: 70_000, sha256: 'ab'.repeat(32) }],
        stream: { id: 'a5c1f0f4-0000-4000-8000-000000000001', epoch: 'e-1', seq, kind: 'event' },
      },
    },
  };
}

export function wireEvent(event: OcsfEvent): WireEvent {
  const text = JSON.stringify(event);
  return { event, text, bytes: Buffer.byteLength(text) };
}

export function sampleEvents(count: number, options: SampleOptions = {}): WireEvent[] {
  return Array.from({ length: count }, (_, index) =>
    wireEvent(sampleOcsfEvent({ ...options, seq: index + 1 })),
  );
}
