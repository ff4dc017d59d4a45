import {
  DEFAULT_ATTESTATION_LIMITS as LIMITS,
  MAX_OUTCOME_CHARS,
  WITHHELD_FIELDS,
} from './attestation-limits.ts';

const MAX_INTEGER = Number.MAX_SAFE_INTEGER;

const id = { type: 'string', minLength: 1, maxLength: LIMITS.maxIdChars } as const;
const optionalId = { type: ['string', 'null'], maxLength: LIMITS.maxIdChars } as const;
const name = { type: ['string', 'null'], maxLength: LIMITS.maxNameChars } as const;
const text = { type: ['string', 'null'], maxLength: LIMITS.maxTextChars } as const;
const uuid = {
  type: 'string',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
} as const;
const sha256 = { type: ['string', 'null'], pattern: '^[0-9a-fA-F]{64}$' } as const;
const time = {
  type: 'string',
  maxLength: LIMITS.maxIdChars,
  pattern:
    '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})$',
} as const;

/** Unknown fields are welcome everywhere, so no object closes itself. */
function object(properties: object, ...required: readonly string[]): object {
  return { type: ['object', 'null'], properties, ...(required.length > 0 ? { required } : {}) };
}

function list(maxItems: number, properties: object, ...required: readonly string[]): object {
  return {
    type: ['array', 'null'],
    maxItems,
    items: { type: 'object', properties, ...(required.length > 0 ? { required } : {}) },
  };
}

/**
 * The input contract, version 1, as JSON Schema: for the API's description and for tests. The parser is held to it by tests,
 * and is stricter where a schema cannot say it: duplicate keys, U+0000 and lone surrogates, dates that the calendar does not
 * have or outside of 1990 to 2199, numbers that a double would change, bytes, depth and counts of the whole record, and a
 * resolution that names itself. Unknown fields are welcome: they travel in `unmapped`.
 */
export const attestationSchema = {
  $id: 'Attestation',
  type: 'object',
  description: `One decision about a tool call of an AI agent. Unknown fields are kept, and sent to the SIEM in unmapped; ${WITHHELD_FIELDS.join(', ')} are kept and never sent. Null counts as absent for an optional field.`,
  required: ['attestation_id', 'workspace_id', 'timestamp', 'verdict', 'tool_name', 'agent_id'],
  properties: {
    schema_version: { enum: [1, null] },
    attestation_id: uuid,
    workspace_id: id,
    timestamp: { ...time, description: 'RFC 3339 with an offset, from 1990 to before 2200' },
    verdict: {
      type: 'string',
      pattern:
        '^(?:[aA][lL][lL][oO][wW]|[dD][eE][nN][yY]|[eE][sS][cC][aA][lL][aA][tT][eE]|[rR][eE][wW][rR][iI][tT][eE])$',
      description: 'allow, deny, escalate or rewrite, in any case',
    },
    tool_name: {
      type: 'string',
      maxLength: LIMITS.maxIdChars,
      pattern: '^[^.]+\\.[\\s\\S]',
      description: 'server.tool',
    },
    agent_id: id,
    agent: object({
      name,
      version: name,
      framework: name,
      model: object({ provider: name, name, version: name }),
    }),
    action_type: { enum: ['create', 'read', 'update', 'delete', null] },
    session_id: optionalId,
    trace_id: optionalId,
    span_id: optionalId,
    payload_hash: { ...sha256, description: 'SHA-256 of the arguments, in hex' },
    impact: object({
      severity: { enum: ['low', 'medium', 'high', 'critical', null] },
      hash: sha256,
      entities: list(LIMITS.maxEntities, {
        id: name,
        name,
        type: name,
        relationship: name,
        reversible: { type: ['boolean', 'null'] },
      }),
      rollback_plan: text,
    }),
    constraints: list(LIMITS.maxConstraints, {
      id: name,
      name,
      outcome: {
        type: ['string', 'null'],
        maxLength: MAX_OUTCOME_CHARS,
        description: 'A free word, such as pass or fail',
      },
      reason: text,
      tier: {
        type: ['string', 'number', 'null'],
        maxLength: LIMITS.maxNameChars,
        minimum: -MAX_INTEGER,
        maximum: MAX_INTEGER,
      },
    }),
    rewrites: list(
      LIMITS.maxRewrites,
      {
        op: {
          type: 'string',
          minLength: 1,
          maxLength: LIMITS.maxNameChars,
          description: 'Such as cap_value, mask_field or set_default; never a value',
        },
        field: name,
      },
      'op',
    ),
    evidence_class: { enum: ['steward_confirmed', 'system_derived', 'inferred', null] },
    confidence: { type: ['number', 'null'], minimum: 0, maximum: 1 },
    delegation: object({
      id: name,
      parent_id: name,
      issuer: name,
      delegator_id: name,
      created_at: { ...time, type: ['string', 'null'] },
    }),
    policy_version: name,
    latency_ms: { type: ['number', 'null'], minimum: 0, maximum: MAX_INTEGER },
    sequence: { type: ['integer', 'null'], minimum: 0, maximum: MAX_INTEGER },
    resolution: object(
      { decision: { enum: ['approved', 'rejected', 'expired'] }, by: name, at: time, reason: text },
      'decision',
      'at',
    ),
    resolves: {
      ...uuid,
      type: ['string', 'null'],
      description: 'The attestation_id of the escalation that this record resolves',
    },
    signature: object({
      version: { enum: ['v1', 'v2', 'v3', 'v4', 'v5', null] },
      algorithm: name,
      key_id: name,
      value: text,
    }),
  },
  anyOf: [
    { properties: { resolution: { type: 'null' }, resolves: { type: 'null' } } },
    {
      description: 'The resolution of an escalation: a record of its own, with the verdict escalate',
      required: ['resolution', 'resolves'],
      properties: {
        resolution: { type: 'object' },
        resolves: { type: 'string' },
        verdict: { pattern: '^[eE][sS][cC][aA][lL][aA][tT][eE]$' },
      },
    },
  ],
} as const;
