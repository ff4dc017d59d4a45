import { parseAttestation } from '../attestation/parse-attestation.ts';
import type { DecisionKey } from '../proof/decision-signature.ts';
import { type DecisionVerdict, judgeDecision } from '../proof/judge-decision.ts';
import { decisionFieldsOf } from '../record-decision.ts';

/** The signature of a recorded decision: what it claims, and what the pinned keys say to it. */
export function decisionSignatureView(body: string, keys: readonly DecisionKey[]): object {
  const parsed = parseAttestation(body);
  if (!parsed.ok) {
    const message = 'cannot be checked: the record was written past the parser, and it cannot read it';
    return { verdict: 'unchecked', version: null, algorithm: null, key_id: null, message };
  }
  const { attestation } = parsed;
  const { version, algorithm, key_id: keyId, value } = attestation.signature ?? {};
  const verdict: DecisionVerdict | undefined =
    keys.length === 0 && attestation.signature !== undefined
      ? undefined
      : judgeDecision(decisionFieldsOf(attestation), { version, algorithm, keyId, value }, keys);
  return {
    verdict: verdict?.found ?? 'no_key_pinned',
    version: version ?? null,
    algorithm: algorithm ?? null,
    key_id: keyId ?? null,
    message:
      verdict === undefined
        ? 'is not checked: no key is pinned (AEGIS_SIEM_DECISION_KEYS)'
        : verdict.found === 'proved'
          ? null
          : verdict.message,
  };
}
