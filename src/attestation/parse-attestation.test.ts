import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  attestationText,
  attestationTextWith,
  SMALLEST_ATTESTATION,
} from '../../test/support/valid-attestation.ts';
import type { Attestation } from './attestation.ts';
import { parseAttestation } from './parse-attestation.ts';
import type { Refusal } from './refusal.ts';

const OTHER_ID = '0193476d-3f10-7a51-8c3e-5a8d0c1b2e04';
const RESOLUTION = { decision: 'approved', at: '2026-11-20T10:00:00Z' };

function accepted(input: string | Uint8Array): Attestation {
  const result = parseAttestation(input);
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.refusal));
  return result.attestation;
}

function refused(input: string | Uint8Array): Refusal {
  const result = parseAttestation(input);
  assert.ok(!result.ok, 'the record was accepted');
  return result.refusal;
}

describe('parseAttestation', () => {
  it('reads the smallest record, and tells its time in milliseconds', () => {
    const result = parseAttestation(attestationText());
    assert.ok(result.ok);
    assert.equal(result.text, attestationText());
    const { unknown, ...rest } = result.attestation;
    assert.deepEqual(rest, {
      ...SMALLEST_ATTESTATION,
      time_ms: Date.parse('2026-11-20T09:15:30.412Z'),
      withheld: [],
    });
    assert.deepEqual(Object.keys(unknown), []);
  });

  it('gives the same for bytes as for text, and the text as received', () => {
    const text = `  ${attestationText({ agent: { name: 'Größe 日本 😀' } })}\n`;
    const fromBytes = parseAttestation(Buffer.from(text));
    assert.deepEqual(fromBytes, parseAttestation(text));
    assert.ok(fromBytes.ok);
    assert.equal(fromBytes.text, text);
  });

  it('takes a verdict in any case and answers it in lower case', () => {
    for (const verdict of ['ALLOW', 'Deny', 'eSCALATE', 'rewrite']) {
      assert.equal(accepted(attestationText({ verdict })).verdict, verdict.toLowerCase());
    }
  });

  it('takes a hash in any case and answers it in lower case', () => {
    const hash = 'AB'.repeat(32);
    const { payload_hash, impact } = accepted(attestationText({ payload_hash: hash, impact: { hash } }));
    assert.equal(payload_hash, hash.toLowerCase());
    assert.equal(impact?.hash, hash.toLowerCase());
  });

  it('counts null as absent for an optional known field, at every level', () => {
    const attestation = accepted(
      attestationText({
        agent: null,
        impact: { severity: null, entities: null },
        constraints: [{ id: 'c', tier: null }],
        resolves: null,
        resolution: null,
        confidence: null,
      }),
    );
    assert.equal('agent' in attestation, false);
    assert.deepEqual(attestation.impact, {});
    assert.deepEqual(attestation.constraints, [{ id: 'c' }]);
    assert.equal('confidence' in attestation, false);
    assert.deepEqual({ ...attestation.unknown }, {});
  });

  it('collects unknown fields in the places where they stood', () => {
    const { unknown, impact, constraints } = accepted(
      attestationText({
        extra: [1, { a: null }],
        impact: { severity: 'low', foo: 2, entities: [{ id: 'e' }, { id: 'f', more: true }] },
        constraints: [{ bar: 3 }],
        agent: { model: { size: 'xl' } },
      }),
    );
    assert.equal(
      JSON.stringify(unknown),
      '{"extra":[1,{"a":null}],"impact":{"foo":2,"entities":{"1":{"more":true}}},"constraints":{"0":{"bar":3}},"agent":{"model":{"size":"xl"}}}',
    );
    assert.deepEqual(impact, { severity: 'low', entities: [{ id: 'e' }, { id: 'f' }] });
    assert.deepEqual(constraints, [{}]);
  });

  it('names raw arguments in withheld and keeps their content out of everything else', () => {
    const attestation = accepted(
      attestationText({
        arguments: { iban: 'SECRET' },
        result: ['SECRET'],
        impact: { arguments: 'nested, so an unknown field like any other' },
      }),
    );
    assert.deepEqual(attestation.withheld, ['arguments', 'result']);
    assert.equal(JSON.stringify(attestation).includes('SECRET'), false);
    assert.deepEqual(JSON.parse(JSON.stringify(attestation.unknown)), {
      impact: { arguments: 'nested, so an unknown field like any other' },
    });
  });

  it('carries numbers that a double would change as text, exactly as written, in unknown fields', () => {
    const { unknown } = accepted(
      attestationTextWith(
        '"a":9007199254740993,"b":[1e400,-0],"c":{"d":1E-400,"e":0.1000000000000000055511151231257827},"f":9007199254740991,"g":0.30000000000000004,"h":-1.50e2',
      ),
    );
    assert.equal(
      JSON.stringify(unknown),
      '{"a":"9007199254740993","b":["1e400","-0"],"c":{"d":"1E-400","e":"0.1000000000000000055511151231257827"},"f":9007199254740991,"g":0.30000000000000004,"h":-150}',
    );
  });

  it('takes a measurement with more digits than a double keeps, and minus zero as zero', () => {
    const { confidence, latency_ms } = accepted(
      attestationTextWith('"confidence":0.12345678901234567890123,"latency_ms":-0'),
    );
    assert.equal(confidence, 0.12345678901234568);
    assert.ok(Object.is(latency_ms, 0));
  });

  it('takes a whole number written with a fraction or an exponent', () => {
    assert.equal(accepted(attestationTextWith('"sequence":12.0')).sequence, 12);
    assert.equal(accepted(attestationTextWith('"sequence":1.2e1')).sequence, 12);
    assert.equal(accepted(attestationTextWith('"schema_version":1.0')).schema_version, 1);
  });

  it('takes a resolution of an escalation', () => {
    const attestation = accepted(
      attestationText({ verdict: 'ESCALATE', resolves: OTHER_ID, resolution: RESOLUTION }),
    );
    assert.equal(attestation.resolves, OTHER_ID);
    assert.deepEqual(attestation.resolution, RESOLUTION);
  });

  it('takes keys that mean something to JavaScript as data, and changes no prototype', () => {
    const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
    const members = keys.map((key) => `"${key}":{"polluted":${JSON.stringify(key)}}`).join(',');
    const { unknown } = accepted(
      attestationTextWith(
        `${members},"deep":[{"__proto__":{"polluted":1}}],"impact":{"__proto__":[1],"severity":"low"}`,
      ),
    );
    assert.deepEqual(Object.keys(unknown), [...keys, 'deep', 'impact']);
    for (const key of keys) {
      assert.deepEqual(JSON.parse(JSON.stringify(Object.getOwnPropertyDescriptor(unknown, key)?.value)), {
        polluted: key,
      });
    }
    assert.equal(JSON.stringify(unknown).includes('"deep":[{"__proto__":{"polluted":1}}]'), true);
    assert.equal('polluted' in {}, false);
    assert.equal(Object.getPrototypeOf(unknown), null);
  });

  it('is not fooled by a prototype that others have changed', () => {
    const prototype = Object.prototype as unknown as Record<string, unknown>;
    prototype['leaked'] = 'from elsewhere';
    try {
      const attestation = accepted(attestationText({ impact: { foo: 1 } }));
      assert.equal(JSON.stringify(attestation.unknown), '{"impact":{"foo":1}}');
    } finally {
      delete prototype['leaked'];
    }
  });

  it('takes escaped surrogate pairs, also behind an escaped backslash', () => {
    const { unknown } = accepted(
      attestationTextWith(String.raw`"a":"\ud83d\ude00\uD83D\uDE00","b":"\\ud83d","c":"\\\\\ud83d\ude00"`),
    );
    assert.deepEqual({ ...unknown }, { a: '😀😀', b: '\\ud83d', c: '\\\\😀' });
  });

  it('throws for limits that are none', () => {
    assert.throws(() => parseAttestation(attestationText(), { maxKeys: 0 }), RangeError);
    assert.throws(() => parseAttestation(attestationText(), { maxTextChars: 1.5 }), RangeError);
    assert.throws(
      () => parseAttestation(attestationText(), { maxDepth: 1_000_000 }),
      /maxDepth is at most 500/,
    );
  });
});

describe('a refusal', () => {
  type Case = readonly [what: string, input: string | Uint8Array, code: string, pointer: string];
  const change = (what: string, changes: object, code: string, pointer: string): Case => [
    what,
    attestationText(changes as Record<string, unknown>),
    code,
    pointer,
  ];
  const raw = (what: string, members: string, code: string, pointer: string): Case => [
    what,
    attestationTextWith(members),
    code,
    pointer,
  ];
  const times: readonly Case[] = [
    ['2026-11-20T09:15:30', 'bad_timestamp'],
    ['2026-11-20', 'bad_timestamp'],
    ['2026-11-20T09:15:60Z', 'bad_timestamp'],
    ['2026-11-20T09:15:30+26:00', 'bad_timestamp'],
    ['2026-02-29T00:00:00Z', 'bad_timestamp'],
    ['1700000000', 'bad_timestamp'],
    ['0000-01-01T00:00:00Z', 'timestamp_out_of_range'],
    ['0095-01-01T00:00:00Z', 'timestamp_out_of_range'],
    ['1970-01-01T00:00:00Z', 'timestamp_out_of_range'],
    ['1989-12-31T23:59:59.999Z', 'timestamp_out_of_range'],
    ['1990-01-01T00:00:00+00:01', 'timestamp_out_of_range'],
    ['2200-01-01T00:00:00Z', 'timestamp_out_of_range'],
    ['2286-11-20T17:46:40Z', 'timestamp_out_of_range'],
    ['9999-12-31T23:59:59Z', 'timestamp_out_of_range'],
  ].map(([timestamp, code = '']) => change(`time ${timestamp}`, { timestamp }, code, '/timestamp'));

  const cases: readonly Case[] = [
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'invalid_utf8', ''],
    ['UTF-16', Buffer.from(attestationText(), 'utf16le'), 'not_json', ''],
    ['a byte order mark in text', `\uFEFF${attestationText()}`, 'byte_order_mark', ''],
    ['a byte order mark in bytes', Buffer.from(`\uFEFF${attestationText()}`), 'byte_order_mark', ''],
    ['nothing', '', 'empty', ''],
    ['only space', ' \r\n\t', 'empty', ''],
    ['a no-break space', '\u00a0', 'not_json', ''],
    ['HTML', '<!doctype html>', 'not_json', ''],
    ['a truncated record', attestationText().slice(0, -1), 'not_json', ''],
    ['a record cut inside of a value', attestationText().slice(0, -3), 'not_json', '/agent_id'],
    ['a second record behind it', `${attestationText()}\n${attestationText()}`, 'not_json', ''],
    ['NaN', attestationTextWith('"confidence":NaN'), 'not_json', '/confidence'],
    ['a raw NUL', attestationTextWith('"x":"\u0000"'), 'not_json', '/x'],
    ['a trailing comma', '{"a":1,}', 'not_json', ''],
    ['an array', '[]', 'wrong_type', ''],
    ['null', 'null', 'wrong_type', ''],
    ['a text', '"deny"', 'wrong_type', ''],
    ['a huge number', '1e999', 'wrong_type', ''],
    raw('the same key twice', '"verdict":"allow"', 'duplicate_key', '/verdict'),
    raw('the same key, once escaped', String.raw`"\u0076erdict":"allow"`, 'duplicate_key', '/verdict'),
    raw('the same key deep down', '"x":[{"a/b":1,"a/b":2}]', 'duplicate_key', '/x/0/a~1b'),
    raw('the same key in withheld fields', '"arguments":{"a":1,"a":1}', 'duplicate_key', '/arguments/a'),
    raw('__proto__ twice', '"__proto__":1,"__proto__":1', 'duplicate_key', '/__proto__'),
    raw('an escaped NUL in a value', String.raw`"x":{"~":"a\u0000"}`, 'nul_character', '/x/~0'),
    raw('an escaped NUL in a key', String.raw`"x":{"a\u0000":1}`, 'nul_character', '/x'),
    raw('an escaped NUL in withheld fields', String.raw`"payload":["\u0000"]`, 'nul_character', '/payload/0'),
    raw('half a surrogate pair', String.raw`"x":["\ud83d"]`, 'lone_surrogate', '/x/0'),
    raw('the other half', String.raw`"x":"\ude00"`, 'lone_surrogate', '/x'),
    raw('halves in the wrong order', String.raw`"x":"\ude00\ud83d"`, 'lone_surrogate', '/x'),
    raw('a half behind a false pair', String.raw`"x":"\\ud83d\ude00"`, 'lone_surrogate', '/x'),
    raw('half a pair in a key', String.raw`"x":{"\ud83d":1}`, 'lone_surrogate', '/x'),
    raw('a raw half', '"x":"\ud83d"', 'lone_surrogate', '/x'),
    raw('a raw half that an escape completes', '"x":"\ud83d\\ude00"', 'lone_surrogate', ''),
    raw('an integer beyond 2^53', '"sequence":9007199254740993', 'number_out_of_range', '/sequence'),
    raw('an integer of 2^53', '"latency_ms":9007199254740992', 'number_out_of_range', '/latency_ms'),
    raw('a number beyond a double', '"latency_ms":1e400', 'number_out_of_range', '/latency_ms'),
    raw('a number that a double takes for zero', '"confidence":1e-400', 'number_out_of_range', '/confidence'),
    raw('a tier beyond 2^53', '"constraints":[{"tier":1e30}]', 'number_out_of_range', '/constraints/0/tier'),
    raw(
      'a negative tier beyond 2^53',
      '"constraints":[{"tier":-1e16}]',
      'number_out_of_range',
      '/constraints/0/tier',
    ),
    raw(
      'a sequence with lost digits',
      '"sequence":5.00000000000000000001',
      'number_out_of_range',
      '/sequence',
    ),
    change(
      'an unknown schema version',
      { schema_version: 2 },
      'unsupported_schema_version',
      '/schema_version',
    ),
    change(
      'a schema version as text',
      { schema_version: '1' },
      'unsupported_schema_version',
      '/schema_version',
    ),
    ...Object.keys(SMALLEST_ATTESTATION).flatMap((field) => [
      change(`no ${field}`, { [field]: undefined }, 'missing_field', `/${field}`),
      change(`a null ${field}`, { [field]: null }, 'missing_field', `/${field}`),
      change(`a number as ${field}`, { [field]: 7 }, 'wrong_type', `/${field}`),
      change(`an object as ${field}`, { [field]: {} }, 'wrong_type', `/${field}`),
    ]),
    change('a UUID in upper case', { attestation_id: OTHER_ID.toUpperCase() }, 'bad_uuid', '/attestation_id'),
    change(
      'a UUID without hyphens',
      { attestation_id: OTHER_ID.replaceAll('-', '') },
      'bad_uuid',
      '/attestation_id',
    ),
    change('a UUID with a line end', { attestation_id: `${OTHER_ID}\n` }, 'bad_uuid', '/attestation_id'),
    change('an empty UUID', { attestation_id: '' }, 'bad_uuid', '/attestation_id'),
    change('an empty workspace', { workspace_id: '' }, 'empty_text', '/workspace_id'),
    change('an empty agent', { agent_id: '' }, 'empty_text', '/agent_id'),
    ...times,
    change(
      'a bad time of delegation',
      { delegation: { created_at: 'now' } },
      'bad_timestamp',
      '/delegation/created_at',
    ),
    change('an unknown verdict', { verdict: 'permit' }, 'unknown_verdict', '/verdict'),
    change('a verdict with a space', { verdict: 'allow ' }, 'unknown_verdict', '/verdict'),
    change('a verdict that looks like one', { verdict: 'DEN\u0178' }, 'unknown_verdict', '/verdict'),
    change('a tool without a server', { tool_name: 'create_transfer' }, 'bad_tool_name', '/tool_name'),
    change('a tool with an empty server', { tool_name: '.create' }, 'bad_tool_name', '/tool_name'),
    change('a server without a tool', { tool_name: 'payments.' }, 'bad_tool_name', '/tool_name'),
    change('an empty tool', { tool_name: '' }, 'empty_text', '/tool_name'),
    change('a short hash', { payload_hash: 'ab' }, 'bad_hash', '/payload_hash'),
    change('a hash that is not hex', { impact: { hash: 'g'.repeat(64) } }, 'bad_hash', '/impact/hash'),
    change('a hash of another length', { payload_hash: 'a'.repeat(65) }, 'bad_hash', '/payload_hash'),
    change('an unknown action', { action_type: 'execute' }, 'unknown_value', '/action_type'),
    change('an unknown severity', { impact: { severity: 'LOW' } }, 'unknown_value', '/impact/severity'),
    change('an unknown evidence class', { evidence_class: 'guess' }, 'unknown_value', '/evidence_class'),
    change(
      'an unknown signature version',
      { signature: { version: 'v6' } },
      'unknown_value',
      '/signature/version',
    ),
    change('a confidence over 1', { confidence: 1.000001 }, 'number_out_of_range', '/confidence'),
    change('a confidence below 0', { confidence: -0.1 }, 'number_out_of_range', '/confidence'),
    change('a confidence as text', { confidence: '0.5' }, 'wrong_type', '/confidence'),
    change('a negative latency', { latency_ms: -1 }, 'number_out_of_range', '/latency_ms'),
    change('a sequence with a fraction', { sequence: 1.5 }, 'number_out_of_range', '/sequence'),
    change('an agent that is a text', { agent: 'bot' }, 'wrong_type', '/agent'),
    change('an agent that is an array', { agent: [] }, 'wrong_type', '/agent'),
    change('a model that is a text', { agent: { model: 'm' } }, 'wrong_type', '/agent/model'),
    change('constraints that are an object', { constraints: {} }, 'wrong_type', '/constraints'),
    change('a constraint that is null', { constraints: [{}, null] }, 'wrong_type', '/constraints/1'),
    change('a tier that is true', { constraints: [{ tier: true }] }, 'wrong_type', '/constraints/0/tier'),
    change(
      '"true" for true',
      { impact: { entities: [{ reversible: 'true' }] } },
      'wrong_type',
      '/impact/entities/0/reversible',
    ),
    change(
      'a rewrite without an operation',
      { rewrites: [{ field: 'x' }] },
      'missing_field',
      '/rewrites/0/op',
    ),
    change('a rewrite with an empty operation', { rewrites: [{ op: '' }] }, 'empty_text', '/rewrites/0/op'),
    change(
      'a long outcome',
      { constraints: [{ outcome: 'x'.repeat(65) }] },
      'text_too_long',
      '/constraints/0/outcome',
    ),
    change(
      'a resolution of nothing',
      { verdict: 'escalate', resolution: RESOLUTION },
      'missing_field',
      '/resolves',
    ),
    change(
      'resolves without a resolution',
      { verdict: 'escalate', resolves: OTHER_ID },
      'missing_field',
      '/resolution',
    ),
    change(
      'a resolution with another verdict',
      { resolves: OTHER_ID, resolution: RESOLUTION },
      'resolution_verdict',
      '/verdict',
    ),
    change(
      'a resolution of itself',
      { verdict: 'escalate', resolves: SMALLEST_ATTESTATION.attestation_id, resolution: RESOLUTION },
      'resolves_itself',
      '/resolves',
    ),
    change(
      'resolves that is no UUID',
      { verdict: 'escalate', resolves: 'x', resolution: RESOLUTION },
      'bad_uuid',
      '/resolves',
    ),
    change(
      'a resolution without a decision',
      { resolution: { at: RESOLUTION.at } },
      'missing_field',
      '/resolution/decision',
    ),
    change(
      'a resolution without a time',
      { resolution: { decision: 'expired' } },
      'missing_field',
      '/resolution/at',
    ),
    change(
      'an unknown decision',
      { resolution: { decision: 'maybe' } },
      'unknown_value',
      '/resolution/decision',
    ),
  ];

  for (const [what, input, code, pointer] of cases) {
    it(`names ${code} and the place for ${what}`, () => {
      const refusal = refused(input);
      assert.deepEqual({ code: refusal.code, pointer: refusal.pointer }, { code, pointer });
      assert.match(refusal.message, /^[A-Z].*\.$/s);
    });
  }

  it('says the line and column of broken JSON', () => {
    const { message } = refused('{\n  "a": 1,\n  "b" 2\n}');
    assert.match(message, /line 3, column 7: a colon is expected/);
  });

  it('never repeats a value of the record', () => {
    const secret = 'hunter2-hunter2';
    const places = [
      'attestation_id',
      'verdict',
      'tool_name',
      'timestamp',
      'payload_hash',
      'action_type',
      'agent',
      'confidence',
      'resolves',
      'schema_version',
    ];
    for (const place of places) {
      assert.equal(JSON.stringify(refused(attestationText({ [place]: secret }))).includes(secret), false);
    }
    assert.equal(JSON.stringify(refused(`{"a":"${secret}`)).includes(secret), false);
  });

  it('stays short when a key is long', () => {
    const key = 'k'.repeat(100_000);
    assert.ok(refused(attestationTextWith(`"${key}":1,"${key}":2`)).pointer.length < 200);
    assert.equal(refused(attestationTextWith(`"${key}":1`)).code, 'key_too_long');
  });
});
