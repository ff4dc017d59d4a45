import type { DecisionKey } from '../proof/decision-signature.ts';
import type { DecisionFields } from '../proof/decision-statement.ts';
import { judgeDecision } from '../proof/judge-decision.ts';
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

/** Holds the signature of the decision in an event against the keys that were pinned. Only the event is looked at. */
export function checkDecision(event: Buffer, keys: readonly DecisionKey[]): DecisionCheck {
  const body = parsed(event);
  const aegis = fieldsAt(fieldsAt(body, 'unmapped'), 'aegis');
  if (typeof aegis['attestation_id'] !== 'string') return { found: 'no_decision' };
  const { version, algorithm, key_id: namedKey, value } = fieldsAt(aegis, 'signature');
  if (aegis['redacted'] !== undefined || aegis['truncated'] !== undefined)
    return {
      found: 'decision_unchecked',
      message: 'cannot be checked: its record was redacted or cut for this destination',
    };
  const verdict = judgeDecision(
    fieldsOf(body, aegis),
    { version: text(version), algorithm: text(algorithm), keyId: text(namedKey), value: text(value) },
    keys,
  );
  return verdict.found === 'proved'
    ? verdict
    : { found: `decision_${verdict.found}`, message: verdict.message };
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
