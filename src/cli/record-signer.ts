import type { KeyObject } from 'node:crypto';
import { parseAttestation } from '../attestation/parse-attestation.ts';
import type { Refusal } from '../attestation/refusal.ts';
import { signDecision } from '../proof/decision-signature.ts';
import { decisionFieldsOf } from '../record-decision.ts';

/** The text of a record with its signature, or why it cannot have one. One that is signed already stays as it is. */
export type RecordSigner = (text: string) => string | Refusal;

/** Signs records as docs/completeness.md publishes it (version v5, Ed25519). */
export function recordSigner(key: KeyObject, keyId: string): RecordSigner {
  return (text) => {
    const parsed = parseAttestation(text);
    if (!parsed.ok) return parsed.refusal;
    if (parsed.attestation.signature !== undefined) return text;
    const value = signDecision(decisionFieldsOf(parsed.attestation), keyId, key);
    if (value === undefined)
      return {
        code: 'not_signable',
        pointer: '',
        message: 'A signed field holds characters that a SIEM is sent in another form',
      };
    const signature = JSON.stringify({ version: 'v5', algorithm: 'Ed25519', key_id: keyId, value });
    // The rest of the record keeps its bytes.
    return `${parsed.text.trimEnd().slice(0, -1)},"signature":${signature}}`;
  };
}
