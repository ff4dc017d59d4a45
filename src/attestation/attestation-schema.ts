import { DEFAULT_ATTESTATION_LIMITS as LIMITS, MAX_OUTCOME_CHARS } from './attestation-limits.ts';

const id = { type: 'string', minLength: 1, maxLength: LIMITS.maxIdChars } as const;
const name = { type: ['string', 'null'], maxLength: LIMITS.maxNameChars } as const;
const text = { type: ['string', 'null'], maxLength: LIMITS.maxTextChars } as const;
const optionalId = { type: ['string', 'null'], maxLength: LIMITS.maxIdChars } as const;
const uuid = {
  type: 'string',
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
} as const;
const sha256 = { type: ['string', 'null'], pattern: '^[0-9a-fA-F]{64}$' } as const;
const time = { type: 'string', minLength: 20, maxLength: 64 } as const;

function object(properties: object, required: readonly string[] = []): object {
  return { type: ['object', 'null'], properties, ...(required.length > 0 ? { required } : {}) };
}

/**
 * The input contract, version 1, as JSON Schema: for the API's description and for tests. The parser is stricter where a
 * schema cannot say it (duplicate keys, calendar dates, numbers that would change). Unknown fields are welcome: they travel
 * in `unmapped`.
 */
export const attestationSchema = {
  $id: 'Attestation',
  type: 'object',
  required: ['attestation_id', 'workspace_id', 'timestamp', 'verdict', 'tool_name', 'agent_id'],
  properties: {
    schema_version: { type: ['integer', 'null'], const: 1 },
    attestation_id: uuid,
    workspace_id: id,
    timestamp: { ...time, description: 'RFC 3339 with offset, from 1990 to before 2200' },
    verdict: {
      type: 'string',
      pattern:
        '^(?:[aA][lL][lL][oO][wW]|[dD][eE][nN][yY]|[eE][sS][cC][aA][lL][aA][tT][eE]|[rR][eE][wW][rR][iI][tT][eE])$',
      description: 'allow, deny, escalate or rewrite, in any case',
    },
    tool_name: {
      type: 'string',
      minLength: 3,
      maxLength: LIMITS.maxIdChars,
      pattern: '^[^.]+\\..+$',
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
      entities: {
        type: ['array', 'null'],
        maxItems: LIMITS.maxEntities,
        items: {
          type: 'object',
          properties: {
            id: name,
            name,
            type: name,
            relationship: name,
            reversible: { type: ['boolean', 'null'] },
          },
        },
      },
      rollback_plan: text,
    }),
    constraints: {
      type: ['array', 'null'],
      maxItems: LIMITS.maxConstraints,
      items: {
        type: 'object',
        properties: {
          id: name,
          name,
          outcome: { type: ['string', 'null'], maxLength: MAX_OUTCOME_CHARS },
          reason: text,
          tier: { type: ['string', 'number', 'null'], maxLength: LIMITS.maxNameChars },
        },
      },
    },
    rewrites: {
      type: ['array', 'null'],
      maxItems: LIMITS.maxRewrites,
      items: {
        type: 'object',
        required: ['op'],
        properties: { op: { type: 'string', minLength: 1, maxLength: LIMITS.maxNameChars }, field: name },
      },
    },
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
    latency_ms: { type: ['number', 'null'], minimum: 0 },
    sequence: { type: ['integer', 'null'], minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    resolution: object(
      {
        decision: { enum: ['approved', 'rejected', 'expired'] },
        by: name,
        at: time,
        reason: text,
      },
      ['decision', 'at'],
    ),
    resolves: { ...uuid, type: ['string', 'null'] },
    signature: object({
      version: { enum: ['v1', 'v2', 'v3', 'v4', 'v5', null] },
      algorithm: name,
      key_id: name,
      value: text,
    }),
  },
} as const;
