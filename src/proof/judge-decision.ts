import { type DecisionKey, isDecisionSignedBy } from './decision-signature.ts';
import { type DecisionFields, decisionStatement } from './decision-statement.ts';

/** A signature as a record or an event claims it. */
export interface ClaimedSignature {
  readonly version: string | undefined;
  readonly algorithm: string | undefined;
  readonly keyId: string | undefined;
  readonly value: string | undefined;
}

/** What a signature is found to be against the keys that were pinned. */
export type DecisionVerdict =
  | { readonly found: 'proved' }
  | {
      readonly found: 'unsigned' | 'wrong_key' | 'unknown_key' | 'unchecked';
      readonly message: string;
    };

/** The version of a record's signature whose form this is. Of older ones the SIEM does not have what they sign. */
const VERSION = 'v5';

/** Holds a decision's signature against pinned keys. */
export function judgeDecision(
  fields: DecisionFields,
  { version, algorithm, keyId = '', value }: ClaimedSignature,
  keys: readonly DecisionKey[],
): DecisionVerdict {
  if (value === undefined) return { found: 'unsigned', message: 'has no signature' };
  if (version !== VERSION) return unchecked(`its signature is of version ${version ?? 'none'}`);
  if (algorithm?.toLowerCase() !== 'ed25519')
    return unchecked(`it is signed with ${algorithm ?? 'an algorithm that is not named'}`);
  const statement = decisionStatement(fields, keyId);
  if (statement === undefined) return unchecked('it holds characters that are sent in another form');
  const named = keys.filter((key) => key.keyId === keyId);
  const candidates = named.length > 0 ? named : keys.filter((key) => key.keyId === undefined);
  if (candidates.length === 0)
    return {
      found: 'unknown_key',
      message: `is signed with the key ${keyId === '' ? 'without a name' : keyId}, which was not given`,
    };
  return candidates.some(({ key }) => isDecisionSignedBy(statement, value, key))
    ? { found: 'proved' }
    : {
        found: 'wrong_key',
        message: `was changed, or signed by another key than ${keyId === '' ? 'those given' : keyId}`,
      };
}

function unchecked(why: string): DecisionVerdict {
  return { found: 'unchecked', message: `cannot be checked: ${why}` };
}
