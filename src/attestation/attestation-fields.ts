import { type AttestationLimits, MAX_OUTCOME_CHARS, WITHHELD_FIELDS } from './attestation-limits.ts';
import {
  type Fields,
  flag,
  leftOut,
  listOf,
  matching,
  nested,
  numberBetween,
  oneOf,
  type Read,
  text,
  time,
} from './field-readers.ts';
import { OddNumber } from './exact-json.ts';
import { Refused } from './refused.ts';

export const REQUIRED_FIELDS = [
  'attestation_id',
  'workspace_id',
  'timestamp',
  'verdict',
  'tool_name',
  'agent_id',
] as const;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SHA256_HEX = /^[0-9a-fA-F]{64}$/;
const SERVER_TOOL = /^[^.]+\..+$/s;

const cache = new WeakMap<AttestationLimits, Fields>();

/** The readers of the record's fields under `limits`, made once for each set of limits. */
export function attestationFields(limits: AttestationLimits): Fields {
  let fields = cache.get(limits);
  if (fields === undefined) {
    fields = makeFields(limits);
    cache.set(limits, fields);
  }
  return fields;
}

function makeFields(limits: AttestationLimits): Fields {
  const id = text(limits.maxIdChars, 'maxIdChars');
  const requiredId = text(limits.maxIdChars, 'maxIdChars', 1);
  const name = text(limits.maxNameChars, 'maxNameChars');
  const long = text(limits.maxTextChars, 'maxTextChars');
  const uuid = matching(UUID, 'bad_uuid', 'a UUID in lower case with hyphens');
  const sha256 = lowerCase(matching(SHA256_HEX, 'bad_hash', 'a SHA-256 of 64 hex digits'));
  return new Map<string, Read<unknown>>([
    ['schema_version', schemaVersion],
    ['attestation_id', uuid],
    ['workspace_id', requiredId],
    ['timestamp', time],
    ['verdict', oneOf(['allow', 'deny', 'escalate', 'rewrite'], 'unknown_verdict', true)],
    ['tool_name', toolName(requiredId)],
    ['agent_id', requiredId],
    [
      'agent',
      nested(
        fieldsOf({
          name,
          version: name,
          framework: name,
          model: nested(fieldsOf({ provider: name, name, version: name })),
        }),
      ),
    ],
    ['action_type', oneOf(['create', 'read', 'update', 'delete'])],
    ['session_id', id],
    ['trace_id', id],
    ['span_id', id],
    ['payload_hash', sha256],
    [
      'impact',
      nested(
        fieldsOf({
          severity: oneOf(['low', 'medium', 'high', 'critical']),
          hash: sha256,
          entities: listOf(
            fieldsOf({ id: name, name, type: name, relationship: name, reversible: flag }),
            limits.maxEntities,
            'maxEntities',
          ),
          rollback_plan: long,
        }),
      ),
    ],
    [
      'constraints',
      listOf(
        fieldsOf({
          id: name,
          name,
          outcome: text(MAX_OUTCOME_CHARS, 'MAX_OUTCOME_CHARS'),
          reason: long,
          tier: tier(name),
        }),
        limits.maxConstraints,
        'maxConstraints',
      ),
    ],
    [
      'rewrites',
      listOf(
        fieldsOf({ op: text(limits.maxNameChars, 'maxNameChars', 1), field: name }),
        limits.maxRewrites,
        'maxRewrites',
        ['op'],
      ),
    ],
    ['evidence_class', oneOf(['steward_confirmed', 'system_derived', 'inferred'])],
    ['confidence', numberBetween(0, 1)],
    [
      'delegation',
      nested(fieldsOf({ id: name, parent_id: name, issuer: name, delegator_id: name, created_at: time })),
    ],
    ['policy_version', name],
    ['latency_ms', numberBetween(0, Number.MAX_SAFE_INTEGER)],
    ['sequence', numberBetween(0, Number.MAX_SAFE_INTEGER, true)],
    [
      'resolution',
      nested(
        fieldsOf({ decision: oneOf(['approved', 'rejected', 'expired']), by: name, at: time, reason: long }),
        ['decision', 'at'],
      ),
    ],
    ['resolves', uuid],
    [
      'signature',
      nested(
        fieldsOf({
          version: oneOf(['v1', 'v2', 'v3', 'v4', 'v5']),
          algorithm: name,
          key_id: name,
          value: long,
        }),
      ),
    ],
    ...WITHHELD_FIELDS.map((field): [string, Read<unknown>] => [field, leftOut]),
  ]);
}

function fieldsOf(readers: Readonly<Record<string, Read<unknown>>>): Fields {
  return new Map(Object.entries(readers));
}

function lowerCase(read: Read<string>): Read<string> {
  return (value, pointer) => read(value, pointer).toLowerCase();
}

function toolName(read: Read<string>): Read<string> {
  return (value, pointer) => {
    const said = read(value, pointer);
    if (!SERVER_TOOL.test(said)) {
      throw new Refused('bad_tool_name', pointer, 'The tool is not named as server.tool.');
    }
    return said;
  };
}

function tier(read: Read<string>): Read<string | number> {
  const number = numberBetween(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  return (value, pointer) =>
    typeof value === 'number' || value instanceof OddNumber ? number(value, pointer) : read(value, pointer);
}

const schemaVersion: Read<1> = (value, pointer) => {
  if (value === 1) return 1;
  throw new Refused(
    'unsupported_schema_version',
    pointer,
    'Only schema_version 1 is understood; leave it out or set 1.',
  );
};
