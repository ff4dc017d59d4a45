import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { EXAMPLE_SIGNING_KEY } from '../../scripts/example-stories/example-signature.ts';
import { OCSF_SETTINGS } from '../../test/support/ocsf-settings.ts';
import { recordSigner } from '../cli/record-signer.ts';
import { createRedactor } from '../ocsf/redaction/redactor.ts';
import { renderRecord } from '../ocsf/render-record.ts';
import { readDecisionKey, signDecision } from '../proof/decision-signature.ts';
import { decisionStatement } from '../proof/decision-statement.ts';
import { checkDecision } from './check-decision.ts';

const KEYS = [{ key: createPublicKey(EXAMPLE_SIGNING_KEY) }];
const EXAMPLES = new URL('../../examples/attestations.ndjson', import.meta.url);
const PAGE = new URL('../../docs/completeness.md', import.meta.url);

/** The test vector of docs/completeness.md. */
const FIELDS = {
  attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e04',
  workspace_id: 'ws-finance',
  timestamp: '2026-11-20T09:15:31.900Z',
  verdict: 'escalate',
  tool_name: 'payments.create_transfer',
  agent_id: 'agent-7',
  action_type: 'create',
  session_id: 'sess-51c0e2',
  payload_hash: '472682d30a4c87d3811abe4ca5a193b3630c18fec77a10b2ae8220cd209e027c',
  impact_severity: 'critical',
  impact_hash: '3f03df499696cb5dc4bc7ac9a26eccdc5bf9723dd5ae1f66ceeaf39a11cd795d',
  policy_version: '2026-11-01',
};

const RECORD = {
  attestation_id: FIELDS.attestation_id,
  workspace_id: 'ws-finance',
  timestamp: '2026-11-20T09:15:31.900Z',
  verdict: 'DENY',
  tool_name: 'crm.export',
  agent_id: 'agent-7',
  impact: { severity: 'high', hash: 'ab'.repeat(32) },
};

const sign = recordSigner(EXAMPLE_SIGNING_KEY, 'aegis-2026-01');

function eventOf(record: object, settings = OCSF_SETTINGS[0]): Buffer {
  assert.ok(settings !== undefined);
  const result = renderRecord({ source: 'attestation', body: JSON.stringify(record) }, settings);
  assert.ok(result.ok, JSON.stringify(result));
  return Buffer.from(JSON.stringify(result.event));
}

function signedRecord(record: object = RECORD): Record<string, unknown> {
  const text = sign(JSON.stringify(record));
  assert.ok(typeof text === 'string');
  return JSON.parse(text) as Record<string, unknown>;
}

describe('the signature of a decision', () => {
  it('is the published one', () => {
    const statement = decisionStatement(FIELDS, 'aegis-2026-01') ?? '';
    const signature = signDecision(FIELDS, 'aegis-2026-01', EXAMPLE_SIGNING_KEY) ?? '';
    const page = readFileSync(PAGE, 'utf8');
    assert.ok(page.includes(`\n${statement}`), statement);
    assert.ok(page.includes(signature), signature);
    const pem = KEYS[0]?.key.export({ format: 'pem', type: 'spki' });
    assert.ok(page.includes(String(pem)), String(pem));
  });

  it('is proved on the event of every class and version, for every example', () => {
    const examples = readFileSync(EXAMPLES, 'utf8').trimEnd().split('\n');
    for (const [index, example] of examples.entries()) {
      const settings = OCSF_SETTINGS[index % OCSF_SETTINGS.length];
      const event = eventOf(JSON.parse(example) as object, settings);
      assert.deepEqual(checkDecision(event, KEYS), { found: 'proved' }, example);
    }
  });

  it('no longer fits when anything that it speaks of is another', () => {
    const signed = signedRecord();
    for (const change of [
      { verdict: 'ALLOW' },
      { tool_name: 'crm.import' },
      { agent_id: 'agent-8' },
      { workspace_id: 'ws-other' },
      { timestamp: '2026-11-20T09:15:31.901Z' },
      { session_id: 's' },
      { action_type: 'read' },
      { payload_hash: 'cd'.repeat(32) },
      { impact: { severity: 'low', hash: 'ab'.repeat(32) } },
      { impact: { severity: 'high' } },
      { policy_version: '2' },
      { signature: { ...(signed['signature'] as object), key_id: 'aegis-2026-02' } },
      { signature: { ...(signed['signature'] as object), value: Buffer.alloc(64).toString('base64') } },
    ]) {
      const check = checkDecision(eventOf({ ...signed, ...change }), KEYS);
      assert.equal(check.found, 'decision_wrong_key', JSON.stringify(change));
    }
  });

  it('of a key that was given under its name counts for that name alone', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const [{ key } = { key: publicKey }] = KEYS;
    const event = eventOf(signedRecord());
    const found = (keys: Parameters<typeof checkDecision>[1]) => checkDecision(event, keys).found;
    assert.equal(found([{ keyId: 'aegis-2026-01', key }]), 'proved');
    assert.equal(found([{ keyId: 'aegis-2026-02', key }]), 'decision_unknown_key');
    assert.equal(found([{ keyId: 'aegis-2026-01', key: publicKey }, { key }]), 'decision_wrong_key');
  });

  it('that is missing is found, and what cannot be checked is said to be so', () => {
    const signed = signedRecord();
    assert.equal(checkDecision(eventOf(RECORD), KEYS).found, 'decision_unsigned');
    const signature = signed['signature'] as object;
    for (const change of [
      { signature: { ...signature, version: 'v4' } },
      { signature: { ...signature, algorithm: 'ECDSA' } },
      { agent_id: 'agent\u0007' },
    ])
      assert.equal(checkDecision(eventOf({ ...signed, ...change }), KEYS).found, 'decision_unchecked');
    const redaction = [{ fields: ['agent_id'], action: 'mask' }] as const;
    const settings = {
      classUid: 2001,
      version: '1.1.0',
      redaction,
      redactor: createRedactor(redaction),
    } as const;
    assert.equal(checkDecision(eventOf(signed, settings), KEYS).found, 'decision_unchecked');
    assert.equal(checkDecision(Buffer.from('{"unmapped":{"aegis":{}}}'), KEYS).found, 'no_decision');
  });

  it('is not made over what a SIEM is sent in another form', () => {
    const refused = sign(JSON.stringify({ ...RECORD, tool_name: 'crm.ex\u202eport' }));
    assert.equal(typeof refused === 'string' ? '' : refused.code, 'not_signable');
    const again = JSON.stringify(signedRecord());
    assert.equal(sign(again), again, 'a signed record stays as it is');
  });

  it('needs an Ed25519 key, and the right half of it', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = (key: typeof publicKey, type: 'spki' | 'pkcs8') => key.export({ format: 'pem', type });
    assert.throws(() => readDecisionKey(pem(publicKey, 'spki'), 'public'), /Ed25519/);
    assert.throws(() => readDecisionKey(pem(privateKey, 'pkcs8'), 'private'), /Ed25519/);
    assert.throws(() => readDecisionKey(pem(EXAMPLE_SIGNING_KEY, 'pkcs8'), 'public'), /private key/);
    assert.throws(() => readDecisionKey('x', 'public'), /PEM/);
  });
});
