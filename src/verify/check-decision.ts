import { type DecisionKey, isDecisionSignedBy } from '../proof/decision-signature.ts';
import { type DecisionFields, decisionStatement } from '../proof/decision-statement.ts';
import type { FindingName } from './finding.ts';
import { fieldsAt, parsed } from './read-place.ts';

/** What the signature of a decision is found to be. `no_decision`: an event of something else. */
export type DecisionCheck =
  | { readonly found: 'proved' }
  | { readonly found: 'no_decision' }
  | {
      readonly found: Extract<FindingName, `decision_${string}`>;
      readonly message: string;
    };

/** The version of a record's signature whose form this is. Of older ones the SIEM does not have what they sign. */
const VERSION = 'v5';

/** Holds the signature of the decision in an event against the keys that were pinned. Only the event is looked at. */
export function checkDecision(event: Buffer, keys: readonly DecisionKey[]): DecisionCheck {
  const body = parsed(event);
  const aegis = fieldsAt(fieldsAt(body, 'unmapped'), 'aegis');
  if (typeof aegis['attestation_id'] !== 'string') return { found: 'no_decision' };
  const { version, algorithm, key_id: namedKey, value } = fieldsAt(aegis, 'signature');
  const keyId = text(namedKey) ?? '';
  const signature = text(value);
  if (aegis['redacted'] !== undefined || aegis['truncated'] !== undefined)
    return unchecked('its record was redacted or cut for this destination');
  if (signature === undefined) return { found: 'decision_unsigned', message: 'has no signature' };
  if (version !== VERSION) return unchecked(`its signature is of version ${text(version) ?? 'none'}`);
  if (text(algorithm)?.toLowerCase() !== 'ed25519')
    return unchecked(`it is signed with ${text(algorithm) ?? 'an algorithm that is not named'}`);
  const statement = decisionStatement(fieldsOf(body, aegis), keyId);
  if (statement === undefined) return unchecked('it holds characters that are sent in another form');
  const named = keys.filter((key) => key.keyId === keyId);
  const candidates = named.length > 0 ? named : keys.filter((key) => key.keyId === undefined);
  if (candidates.length === 0)
    return {
      found: 'decision_unknown_key',
      message: `is signed with the key ${keyId === '' ? 'without a name' : keyId}, which was not given`,
    };
  return candidates.some(({ key }) => isDecisionSignedBy(statement, signature, key))
    ? { found: 'proved' }
    : {
        found: 'decision_wrong_key',
        message: `was changed, or signed by another key than ${keyId === '' ? 'those given' : keyId}`,
      };
}

function unchecked(why: string): DecisionCheck {
  return { found: 'decision_unchecked', message: `cannot be checked: ${why}` };
}

function fieldsOf(body: unknown, aegis: Readonly<Record<string, unknown>>): DecisionFields {
  const resolution = fieldsAt(aegis, 'resolution');
  return {
    attestation_id: text(aegis['attestation_id']) ?? '',
    workspace_id: text(aegis['workspace_id']) ?? '',
    timestamp: text(fieldsAt(body, 'metadata')['original_time']) ?? '',
    verdict: (text(aegis['verdict']) ?? '').toLowerCase(),
    tool_name: text(aegis['tool_name']) ?? '',
    agent_id: text(aegis['agent_id']) ?? '',
    action_type: text(aegis['action_type']),
    session_id: text(aegis['session_id']),
    payload_hash: text(aegis['payload_hash']),
    impact_severity: text(aegis['impact_severity']),
    impact_hash: text(aegis['impact_hash']),
    policy_version: text(aegis['policy_version']),
    resolves: text(aegis['resolves']),
    resolution: text(resolution['decision']),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
