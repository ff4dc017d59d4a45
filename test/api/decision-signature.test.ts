import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { recordSigner } from '../../src/cli/record-signer.ts';
import type { DecisionKey } from '../../src/proof/decision-signature.ts';
import { attestationText } from '../support/valid-attestation.ts';
import { type ApiWorld, openApiWorld } from './api-world.ts';

const ID = '0193476d-3f10-7a51-8c3e-5a8d0c1b2e77';
const SIGNER = generateKeyPairSync('ed25519');
const OTHER = generateKeyPairSync('ed25519');
const PLAIN = attestationText({ attestation_id: ID, workspace_id: 'ws-a', verdict: 'DENY' });

function signed(): string {
  const text = recordSigner(SIGNER.privateKey, 'aegis-1')(PLAIN);
  assert.equal(typeof text, 'string');
  return text as string;
}

async function verdictOf(
  keys: readonly DecisionKey[],
  body: string,
): Promise<{ readonly verdict: unknown; readonly key_id: unknown; readonly message: unknown }> {
  const world: ApiWorld = await openApiWorld({ decisionKeys: keys });
  try {
    const recorded = await world.call({
      method: 'POST',
      url: '/v1/attestations',
      body,
      type: 'application/json',
    });
    assert.equal(recorded.status, 201, recorded.text);
    const reply = await world.call({ url: `/v1/attestations/${ID}/sent` });
    assert.equal(reply.status, 200, reply.text);
    const viewer = await world.key(['deliveries:read'], 'ws-a');
    const hidden = await world.call({ url: `/v1/attestations/${ID}/sent`, key: viewer });
    assert.equal((JSON.parse(hidden.text) as { decision_signature: unknown }).decision_signature, null);
    return (JSON.parse(reply.text) as { decision_signature: Awaited<ReturnType<typeof verdictOf>> })
      .decision_signature;
  } finally {
    await world.close();
  }
}

describe('the signature of a decision over REST', () => {
  const pinned = [{ keyId: 'aegis-1', key: SIGNER.publicKey }];
  const cases: readonly (readonly [keys: readonly DecisionKey[], body: string, verdict: string])[] = [
    [pinned, signed(), 'proved'],
    [[{ key: SIGNER.publicKey }], signed(), 'proved'],
    [pinned, signed().replace('"DENY"', '"ALLOW"'), 'wrong_key'],
    [[{ keyId: 'aegis-1', key: OTHER.publicKey }], signed(), 'wrong_key'],
    [[{ keyId: 'aegis-2', key: SIGNER.publicKey }], signed(), 'unknown_key'],
    [pinned, signed().replace('"v5"', '"v4"'), 'unchecked'],
    [pinned, PLAIN, 'unsigned'],
    [[], signed(), 'no_key_pinned'],
    [[], PLAIN, 'unsigned'],
  ];
  for (const [index, [keys, body, verdict]] of cases.entries()) {
    test(`is found ${verdict} (case ${index + 1}), and says so to none who may not read the record`, async () => {
      const found = await verdictOf(keys, body);
      assert.equal(found.verdict, verdict);
      assert.equal(found.message === null, verdict === 'proved');
      assert.equal(found.key_id, body === PLAIN ? null : 'aegis-1');
    });
  }
});
