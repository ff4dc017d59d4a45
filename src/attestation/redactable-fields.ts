/** What may be done with a field before an event is made of a record, and whether it can hold what people wrote. */
export interface RedactableField {
  /** `replace`: every record has it, so it is never dropped. `drop`: half a hash or a hash of it would be read as one. */
  readonly only?: 'replace' | 'drop';
  /** Patterns are looked for in it. */
  readonly text: boolean;
}

const TEXT: RedactableField = { text: true };
const REQUIRED_TEXT: RedactableField = { text: true, only: 'replace' };
const CODE: RedactableField = { text: false };
const HASH: RedactableField = { text: false, only: 'drop' };

/**
 * The fields of a record that a destination may have redacted; a name inside of a list stands for that of every item.
 * Identity, time, workspace and verdict are not among them: they are what an event is.
 */
export const REDACTABLE_FIELDS = {
  agent_id: REQUIRED_TEXT,
  tool_name: REQUIRED_TEXT,
  'agent.name': TEXT,
  'agent.version': TEXT,
  'agent.framework': TEXT,
  'agent.model.provider': TEXT,
  'agent.model.name': TEXT,
  'agent.model.version': TEXT,
  session_id: TEXT,
  trace_id: CODE,
  span_id: CODE,
  payload_hash: HASH,
  'impact.hash': HASH,
  'impact.entities.id': TEXT,
  'impact.entities.name': TEXT,
  'impact.entities.type': TEXT,
  'impact.entities.relationship': TEXT,
  'impact.rollback_plan': TEXT,
  'constraints.id': TEXT,
  'constraints.name': TEXT,
  'constraints.reason': TEXT,
  'rewrites.op': REQUIRED_TEXT,
  'rewrites.field': TEXT,
  'delegation.id': TEXT,
  'delegation.parent_id': TEXT,
  'delegation.issuer': TEXT,
  'delegation.delegator_id': TEXT,
  policy_version: TEXT,
  'resolution.by': TEXT,
  'resolution.reason': TEXT,
  'signature.key_id': TEXT,
  'signature.value': CODE,
  /** All that the contract does not name. */
  unknown: TEXT,
} as const satisfies Readonly<Record<string, RedactableField>>;

export type RedactableFieldName = keyof typeof REDACTABLE_FIELDS;

/**
 * Texts in which patterns are looked for although they are not redacted by name: an outcome decides what the record says, so
 * it is never hidden as a whole.
 */
export const OTHER_TEXTS = ['constraints.outcome', 'constraints.tier', 'signature.algorithm'] as const;
