/** The events whose exact bytes are kept in `test/golden/ocsf/`: one for each verdict, and for each special road. */
import { DEFAULT_OCSF_SETTINGS, type OcsfEvent, type OcsfSettings, type StreamPlace } from '../../src/ocsf/ocsf-event.ts';
import { placeEvent } from '../../src/ocsf/place-event.ts';
import { renderRecord } from '../../src/ocsf/render-record.ts';
import { stamp } from '../../src/ocsf/stamp.ts';
import { testEvent } from '../../src/ocsf/test-event.ts';
import { tombstoneEvent } from '../../src/ocsf/tombstone-event.ts';

const STREAM = { streamId: '5f0a1d3c-8f0e-4b59-9d55-2f6b1c7e9a10', epoch: '1' } as const;
const HASH_A = '810a3deb73d8ce9f0d620f44695da0460c3ae6fa83e17c31a99afbf3df1af076';
const HASH_B = '953a201b8cacd300b77064c9d83d70aead7c5e9d6375cbb000310bc4c5e11640';

const BASE = {
  schema_version: 1,
  workspace_id: 'ws-finance',
  tool_name: 'salesforce.update_contact',
  agent_id: 'agent-7',
  agent: {
    name: 'crm-assistant',
    version: '2.4.1',
    framework: 'langgraph',
    model: { provider: 'example', name: 'model-l', version: '2026-09' },
  },
  action_type: 'update',
  session_id: 'sess-51c0e2',
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  span_id: '00f067aa0ba902b7',
  payload_hash: HASH_A,
  policy_version: '2026-11-01',
  latency_ms: 1.8,
} as const;
const SCOPE = {
  id: 'c-scope-001',
  name: 'Tool inside of the agent scope',
  outcome: 'pass',
  reason: 'tool matches salesforce.*',
  tier: 1,
};
const SIGNATURE = { version: 'v5', algorithm: 'Ed25519', key_id: 'aegis-2026-01', value: 'UGxhY2Vob2xkZXI=' };

const RECORDS: Readonly<Record<string, object>> = {
  allow: {
    ...BASE,
    attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e01',
    timestamp: '2026-11-20T09:15:28.100Z',
    verdict: 'allow',
    impact: { severity: 'low', hash: HASH_B, entities: [{ id: 'sf:contacts', name: 'contacts' }] },
    constraints: [SCOPE],
    evidence_class: 'steward_confirmed',
    confidence: 0.97,
    sequence: 1841,
    signature: SIGNATURE,
  },
  rewrite: {
    ...BASE,
    attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e02',
    timestamp: '2026-11-20T09:15:29.250Z',
    verdict: 'rewrite',
    impact: { severity: 'medium' },
    constraints: [
      { id: 'c-pii-004', name: 'Mask personal data', outcome: 'rewrite', reason: 'the e-mail address is personal data' },
      SCOPE,
    ],
    rewrites: [{ op: 'mask_field', field: 'arguments.email' }],
    evidence_class: 'system_derived',
    delegation: {
      id: 'dlg-77',
      parent_id: 'dlg-12',
      issuer: 'aegis',
      delegator_id: 'u-31',
      created_at: '2026-11-20T09:00:00Z',
    },
    signature: SIGNATURE,
  },
  deny: {
    ...BASE,
    attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e03',
    timestamp: '2026-11-20T10:15:30.412+01:00',
    verdict: 'DENY',
    tool_name: 'salesforce.delete_contact',
    action_type: 'delete',
    impact: {
      severity: 'critical',
      hash: HASH_B,
      entities: [
        { id: 'sf:contacts', name: 'contacts', type: 'database', relationship: 'direct', reversible: false },
        { id: 'svc:billing', type: 'api', relationship: 'cascade', reversible: true },
        { name: 'mailing lists', type: 'list' },
      ],
      rollback_plan: 'Restore the contacts from the nightly export',
    },
    constraints: [
      { id: 'c-del-002', name: 'No bulk delete', outcome: 'fail', reason: 'delete of 250 records is over the limit of 10' },
      { id: 'c-hours-009', name: 'Office hours', outcome: 'fail', reason: 'outside of the agreed hours' },
      SCOPE,
    ],
    evidence_class: 'inferred',
    arguments: { filter: 'never sent' },
    cost_centre: { id: 4711, note: 'kept as it came' },
  },
  escalate: {
    ...BASE,
    attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e04',
    timestamp: '2026-11-20T09:15:31.900Z',
    verdict: 'escalate',
    tool_name: 'payments.create_transfer',
    action_type: 'create',
    impact: { severity: 'high', entities: [{ id: 'svc:ledger', name: 'ledger', type: 'api' }] },
    constraints: [
      { id: 'c-amt-009', name: 'Transfer limit', outcome: 'escalate', reason: 'the amount is over the limit of 10000' },
    ],
    evidence_class: 'system_derived',
    signature: SIGNATURE,
  },
  resolution: {
    ...BASE,
    attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e05',
    timestamp: '2026-11-20T09:41:02.000Z',
    verdict: 'escalate',
    tool_name: 'payments.create_transfer',
    action_type: 'create',
    resolves: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e04',
    resolution: {
      decision: 'approved',
      by: 'm.ortiz',
      at: '2026-11-20T09:41:01.500Z',
      reason: 'invoice 2214 was checked',
    },
  },
  minimal: {
    attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e06',
    workspace_id: 'ws-finance',
    timestamp: '2026-11-20T09:15:32Z',
    verdict: 'allow',
    tool_name: 'files.read',
    agent_id: 'agent-9',
  },
  escapes: {
    attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e07',
    workspace_id: 'ws-日本',
    timestamp: '2026-11-20T09:15:33Z',
    verdict: 'deny',
    tool_name: 'shell.run\u202etxt.exe',
    agent_id: 'agent-\u200b8',
    agent: { name: 'Prüfer 👩‍🔬' },
    constraints: [
      {
        id: 'c-esc-001',
        outcome: 'fail',
        reason: 'line one\nline two \u001b[31mred\u001b[0m, a written \\u{1b}, C:\\new, "quoted", \u2028 and \u0085',
      },
    ],
    'odd\tkey': { 'inner\u2066key': 'value\u0001' },
  },
};

const EXTERNAL = {
  class_uid: 6002,
  category_uid: 6,
  activity_id: 3,
  activity_name: 'Start',
  type_uid: 600203,
  severity_id: 1,
  time: 1_795_165_080_000,
  message: 'worker started',
  app: { uid: 'worker-1', name: 'worker', vendor_name: 'Example' },
  metadata: {
    version: '1.1.0',
    uid: 'worker-start-17',
    sequence: 90,
    product: { name: 'Scheduler', vendor_name: 'Example' },
  },
};

/** The oldest and newest form of each class but the default. */
const OTHER_SETTINGS = [
  [2001, '1.9.0'],
  [2004, '1.1.0'],
  [2004, '1.9.0'],
  [6003, '1.1.0'],
  [6003, '1.9.0'],
] as const;

/** Case name to the event, stamped, as it goes on the wire. */
export function goldenEvents(): ReadonlyMap<string, OcsfEvent> {
  const events = new Map<string, OcsfEvent>();
  let seq = 0;
  const place = (kind: StreamPlace['kind']): StreamPlace => ({ ...STREAM, seq: (seq += 1), kind });
  for (const [name, record] of Object.entries(RECORDS)) {
    events.set(name, stamp(rendered('attestation', record), place('event')));
  }
  events.set('external', stamp(rendered('event', EXTERNAL), { ...place('event'), replayed: true }));
  const tombstonePlace = place('tombstone');
  const tombstone = tombstoneEvent(
    {
      reason: 'refused',
      metadataUid: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e08',
      originalSha256: HASH_B,
      timeMs: 1_795_166_140_000,
      workspaceId: 'ws-finance',
      code: 'hec_6',
    },
    tombstonePlace,
    DEFAULT_OCSF_SETTINGS,
  );
  events.set('tombstone', stamp(tombstone, tombstonePlace));
  const test = testEvent(
    {
      uid: '7b0c2c5e-2f0b-4f3b-9f7e-6c2d3b1a0f11',
      destinationId: '2c9b8a7d-6e5f-4c3b-8a19-0f1e2d3c4b5a',
      destinationName: 'splunk-prod',
      workspaceId: 'ws-finance',
      timeMs: 1_795_166_150_000,
    },
    DEFAULT_OCSF_SETTINGS,
  );
  events.set('test', stamp(test, { ...STREAM, kind: 'test' }));
  for (const [classUid, version] of OTHER_SETTINGS) {
    for (const name of ['rewrite', 'escalate', 'resolution']) {
      const event = rendered('attestation', RECORDS[name] ?? {}, { classUid, version });
      events.set(`${classUid}-${version}-${name}`, stamp(event, place('event')));
    }
  }
  for (const classUid of [2001, 2004, 6003] as const) {
    const settings: OcsfSettings = { classUid, version: '1.9.0', recordIntegrity: true };
    const event = rendered('attestation', RECORDS['deny'] ?? {}, settings);
    events.set(`${classUid}-1.9.0-deny-fingerprinted`, placeEvent(event, place('event'), settings).event);
  }
  return events;
}

/** The text of a golden file. Pretty, so that a change shows as the lines that changed; keys stand in their order on the wire. */
export function goldenText(event: OcsfEvent): string {
  return `${JSON.stringify(event, null, 2)}\n`;
}

function rendered(
  source: 'attestation' | 'event',
  record: object,
  settings: OcsfSettings = DEFAULT_OCSF_SETTINGS,
): OcsfEvent {
  const result = renderRecord({ source, body: JSON.stringify(record) }, settings);
  if (!result.ok) throw new Error(`${result.code} at ${result.pointer}: ${result.message}`);
  return result.event;
}
