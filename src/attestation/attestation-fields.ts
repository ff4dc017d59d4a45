import { MAX_OUTCOME_CHARS, WITHHELD_FIELDS } from './attestation-limits.ts';
import { OddNumber } from './odd-number.ts';
import { type Field, type Fields, fields } from './read-object.ts';
import {
  flag,
  matching,
  numberBetween,
  oneOf,
  oneOfAnyCase,
  type Read,
  sha256,
  text,
  textOf,
  time,
} from './read-value.ts';
import { Refused } from './refused.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const id = value(text('maxIdChars'));
const requiredId = value(text('maxIdChars', 1));
const name = value(text('maxNameChars'));
const requiredName = value(text('maxNameChars', 1));
const long = value(text('maxTextChars'));
const uuid = value(matching(UUID, 'bad_uuid', 'a UUID in lower case with hyphens'));
const hash = value(sha256);
const instant = value(time);

const readToolName = text('maxIdChars', 1);
const toolName: Read<string> = (given, reading) => {
  const said = readToolName(given, reading);
  const dot = said.indexOf('.');
  if (dot < 1 || dot === said.length - 1) {
    throw new Refused('bad_tool_name', 'The tool is not named as server.tool.');
  }
  return said;
};

const readTierName = text('maxNameChars');
const readTierNumber = numberBetween(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const tier: Read<string | number> = (given, reading) =>
  typeof given === 'number' || given instanceof OddNumber
    ? readTierNumber(given, reading)
    : readTierName(given, reading);

const schemaVersion: Read<1> = (given) => {
  if (given === 1) return 1;
  throw new Refused(
    'unsupported_schema_version',
    'Only schema_version 1 is understood; leave it out or set 1.',
  );
};

const model = fields({ provider: name, name, version: name });
const entity = fields({ id: name, name, type: name, relationship: name, reversible: value(flag) });
const constraint = fields({
  id: name,
  name,
  outcome: value(textOf(MAX_OUTCOME_CHARS, 'MAX_OUTCOME_CHARS')),
  reason: long,
  tier: value(tier),
});
const rewrite = fields({ op: requiredName, field: name }, 'op');

/** Every field of the record that the contract names, and how it is read. */
export const ATTESTATION_FIELDS: Fields = fields(
  {
    schema_version: value(schemaVersion),
    attestation_id: uuid,
    workspace_id: requiredId,
    timestamp: instant,
    verdict: value(oneOfAnyCase(['allow', 'deny', 'escalate', 'rewrite'], 'unknown_verdict')),
    tool_name: value(toolName),
    agent_id: requiredId,
    agent: object({ name, version: name, framework: name, model: { kind: 'object', fields: model } }),
    action_type: value(oneOf(['create', 'read', 'update', 'delete'])),
    session_id: id,
    trace_id: id,
    span_id: id,
    payload_hash: hash,
    impact: object({
      severity: value(oneOf(['low', 'medium', 'high', 'critical'])),
      hash,
      entities: { kind: 'list', fields: entity, maxItems: 'maxEntities' },
      rollback_plan: long,
    }),
    constraints: { kind: 'list', fields: constraint, maxItems: 'maxConstraints' },
    rewrites: { kind: 'list', fields: rewrite, maxItems: 'maxRewrites' },
    evidence_class: value(oneOf(['steward_confirmed', 'system_derived', 'inferred'])),
    confidence: value(numberBetween(0, 1)),
    delegation: object({ id: name, parent_id: name, issuer: name, delegator_id: name, created_at: instant }),
    policy_version: name,
    latency_ms: value(numberBetween(0, Number.MAX_SAFE_INTEGER)),
    sequence: value(numberBetween(0, Number.MAX_SAFE_INTEGER, true)),
    resolution: object(
      { decision: value(oneOf(['approved', 'rejected', 'expired'])), by: name, at: instant, reason: long },
      'decision',
      'at',
    ),
    resolves: uuid,
    signature: object({
      version: value(oneOf(['v1', 'v2', 'v3', 'v4', 'v5'])),
      algorithm: name,
      key_id: name,
      value: long,
    }),
    ...Object.fromEntries(WITHHELD_FIELDS.map((field): [string, Field] => [field, { kind: 'withheld' }])),
  },
  'attestation_id',
  'workspace_id',
  'timestamp',
  'verdict',
  'tool_name',
  'agent_id',
);

function value(read: Read<unknown>): Field {
  return { kind: 'value', read };
}

function object(byName: Readonly<Record<string, Field>>, ...required: readonly string[]): Field {
  return { kind: 'object', fields: fields(byName, ...required) };
}
