import { createPrivateKey } from 'node:crypto';
import { parseAttestation } from '../../src/attestation/parse-attestation.ts';
import { decisionFieldsOf } from '../../src/record-decision.ts';
import { signDecision } from '../../src/proof/decision-signature.ts';

/** The secret key of RFC 8032, section 7.1, test 1: known to everybody, so that everybody can make these signatures. */
const SECRET = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
/** What stands before the 32 bytes of an Ed25519 key in PKCS#8 DER (RFC 8410). */
const PKCS8_HEAD = '302e020100300506032b657004220420';

/** The key that signs the examples. */
export const EXAMPLE_SIGNING_KEY = createPrivateKey({
  key: Buffer.from(PKCS8_HEAD + SECRET, 'hex'),
  format: 'der',
  type: 'pkcs8',
});

/** The signature of an example record as docs/completeness.md publishes it. */
export function exampleSignature(record: object, keyId: string): object {
  const parsed = parseAttestation(JSON.stringify(record));
  if (!parsed.ok) throw new Error(`an example is no attestation: ${parsed.refusal.message}`);
  const value = signDecision(decisionFieldsOf(parsed.attestation), keyId, EXAMPLE_SIGNING_KEY);
  if (value === undefined) throw new Error('an example cannot be signed');
  return { version: 'v5', algorithm: 'Ed25519', key_id: keyId, value };
}
