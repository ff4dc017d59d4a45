import fc from 'fast-check';
import { DEFAULT_ATTESTATION_LIMITS } from '../../src/attestation/attestation-limits.ts';

/** Texts that a friendly test never has: controls, bidi, emoji, surrogate pairs, escapes, markup, long runs. */
function hostileText(maxLength: number, minLength = 0): fc.Arbitrary<string> {
  const nasty = fc.constantFrom(
    '\u001b[31m',
    '\n',
    '\r\n',
    '\t',
    '\u0007',
    '\u0085',
    '\u2028',
    '\u202e',
    '\u2066',
    '\u200b',
    '\ufeff',
    '😀',
    '日本',
    'é',
    '\\u{1b}',
    '\\',
    '"',
    '<script>',
    '{{x}}',
    '| delete',
    '=cmd',
    '\u{e0041}',
    ';',
    '__proto__',
  );
  return fc
    .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 8 }).filter(isStorable)), { maxLength: 12 })
    .map((parts) => parts.join('').slice(0, maxLength))
    .filter((text) => isStorable(text) && text.length >= minLength);
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

const id = hostileText(200, 1);
const name = fc.option(hostileText(300), { nil: undefined });
const prose = fc.option(
  fc.oneof(
    { weight: 8, arbitrary: hostileText(2_000) },
    {
      weight: 1,
      arbitrary: fc
        .integer({ min: 60_000, max: 65_536 })
        .map((length) => 'é\n'.repeat(length).slice(0, length)),
    },
  ),
  { nil: undefined },
);
const hash = fc.option(fc.stringMatching(/^[0-9a-fA-F]{64}$/), { nil: undefined });
const time = fc
  .date({ min: new Date('1990-01-01T00:00:00Z'), max: new Date('2199-12-30T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const uuid = fc.uuid().map((text) => text.toLowerCase());
const unknownValue = fc
  .jsonValue({ maxDepth: 4, stringUnit: 'binary' })
  .filter(
    (value) =>
      isStorable(JSON.stringify(value)) &&
      !JSON.stringify(value).includes('\\u0000') &&
      !/\\ud[89a-f]/i.test(JSON.stringify(value)),
  );

/** A part of a record, or null, or nothing. */
function sometimes<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | null | undefined> {
  return fc.oneof(
    { weight: 5, arbitrary },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 3, arbitrary: fc.constant(undefined) },
  );
}

/** A record that the parser accepts, as hostile as it may be. `JSON.stringify` of it is the input. */
export function arbitraryAttestation(): fc.Arbitrary<Record<string, unknown>> {
  const base = fc.record({
    attestation_id: uuid,
    workspace_id: id,
    timestamp: time,
    verdict: fc.constantFrom('allow', 'DENY', 'Escalate', 'rewrite', 'deny', 'ALLOW'),
    tool_name: fc
      .tuple(hostileText(60, 1), hostileText(60, 1))
      .map(([server, tool]) => `${server.replaceAll('.', '_')}.${tool}`),
    agent_id: id,
    agent: sometimes(
      fc.record({
        name,
        version: name,
        framework: name,
        model: sometimes(fc.record({ provider: name, name, version: name })),
        extra: unknownValue,
      }),
    ),
    action_type: sometimes(fc.constantFrom('create', 'read', 'update', 'delete')),
    session_id: name
      .map((text) => text?.slice(0, 200))
      .filter((text) => text === undefined || isStorable(text)),
    trace_id: fc.option(hostileText(64), { nil: undefined }),
    payload_hash: hash,
    impact: sometimes(
      fc.record({
        severity: sometimes(fc.constantFrom('low', 'medium', 'high', 'critical')),
        hash,
        entities: sometimes(
          fc.array(
            fc.record({
              id: name,
              name,
              type: name,
              relationship: name,
              reversible: sometimes(fc.boolean()),
              more: unknownValue,
            }),
            { maxLength: 30 },
          ),
        ),
        rollback_plan: prose,
      }),
    ),
    constraints: sometimes(
      fc.array(
        fc.record({
          id: name,
          name,
          outcome: fc.option(hostileText(64), { nil: undefined }),
          reason: prose,
          tier: sometimes(fc.oneof(fc.integer(), hostileText(20))),
        }),
        { maxLength: 8 },
      ),
    ),
    rewrites: sometimes(fc.array(fc.record({ op: hostileText(40, 1), field: name }), { maxLength: 5 })),
    evidence_class: sometimes(fc.constantFrom('steward_confirmed', 'system_derived', 'inferred')),
    confidence: sometimes(fc.double({ min: 0, max: 1, noNaN: true })),
    delegation: sometimes(
      fc.record({ id: name, parent_id: name, issuer: name, delegator_id: name, created_at: sometimes(time) }),
    ),
    policy_version: name,
    latency_ms: sometimes(fc.double({ min: 0, max: 1e9, noNaN: true })),
    sequence: sometimes(fc.maxSafeNat()),
    signature: sometimes(
      fc.record({
        version: sometimes(fc.constantFrom('v1', 'v5')),
        algorithm: name,
        key_id: name,
        value: prose,
      }),
    ),
    arguments: sometimes(unknownValue),
    'extra.field': sometimes(unknownValue),
    constructor: sometimes(unknownValue),
  });
  const resolution = fc.option(
    fc.record({
      resolves: uuid,
      resolution: fc.record({
        decision: fc.constantFrom('approved', 'rejected', 'expired'),
        by: name,
        at: time,
        reason: prose,
      }),
    }),
    { nil: undefined, freq: 4 },
  );
  return fc
    .tuple(base, resolution)
    .map(([record, resolved]): Record<string, unknown> =>
      resolved === undefined ? record : { ...record, ...resolved, verdict: 'escalate' },
    )
    .filter(
      (record) =>
        record['resolves'] !== record['attestation_id'] &&
        Buffer.byteLength(JSON.stringify(record)) <= DEFAULT_ATTESTATION_LIMITS.maxRecordBytes,
    );
}
