/** What the signature of a decision speaks of, in the names that record and event have. */
export interface DecisionFields {
  readonly attestation_id: string;
  readonly workspace_id: string;
  /** RFC 3339, exactly as the record has it. */
  readonly timestamp: string;
  /** In lower case. */
  readonly verdict: string;
  readonly tool_name: string;
  readonly agent_id: string;
  readonly action_type?: string | undefined;
  readonly session_id?: string | undefined;
  readonly payload_hash?: string | undefined;
  readonly impact_severity?: string | undefined;
  readonly impact_hash?: string | undefined;
  readonly policy_version?: string | undefined;
  readonly resolves?: string | undefined;
  /** `approved`, `rejected`, `expired`: the decision of a resolution. */
  readonly resolution?: string | undefined;
}

/** The first line; another form gets another number. */
const TITLE = 'aegis decision 1';

/** One fact a line, in this order. */
const NAMES = [
  'attestation_id',
  'workspace_id',
  'timestamp',
  'verdict',
  'tool_name',
  'agent_id',
  'action_type',
  'session_id',
  'payload_hash',
  'impact_severity',
  'impact_hash',
  'policy_version',
  'resolves',
  'resolution',
] as const satisfies readonly (keyof DecisionFields)[];

/** What a SIEM is sent in another form than it was written: it cannot be part of a signed line. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|\\u\{/u;

/**
 * The text that a decision's signature is made over: every fact in it stands in the event that the SIEM has, so that whoever
 * holds the public key can check it there, without the record. Undefined where a value has invisible characters.
 */
export function decisionStatement(fields: DecisionFields, keyId: string): string | undefined {
  const lines = [...NAMES.map((name) => [name, fields[name] ?? ''] as const), ['key_id', keyId] as const];
  if (lines.some(([, value]) => INVISIBLE.test(value))) return undefined;
  return `${TITLE}\n${lines.map(([name, value]) => `${name} ${value === '' ? '-' : value}\n`).join('')}`;
}
