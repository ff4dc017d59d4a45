import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryAttestation } from '../../../test/support/arbitrary-attestation.ts';
import { arbitraryRedaction, REDACTABLE_NAMES } from '../../../test/support/arbitrary-redaction.ts';
import { accepted, OCSF_SETTINGS } from '../../../test/support/ocsf-settings.ts';
import { markedAttestation } from '../../../test/support/marked-attestation.ts';
import { SMALLEST_ATTESTATION } from '../../../test/support/valid-attestation.ts';
import type { JsonObject } from '../../json.ts';
import type { OcsfEvent, RenderSettings } from '../ocsf-event.ts';
import { renderKey, renderRecord } from '../render-record.ts';
import { validateEvent } from '../validate-event.ts';
import type { PatternName } from './patterns/pattern.ts';
import { RedactionKeyError } from './redaction-key.ts';
import { MAX_HASHES_OF_RECORD } from './record-hashes.ts';
import type { RedactionRule } from './redaction-rule.ts';
import { createRedactor } from './redactor.ts';

const KEY = 'a key of the test, long enough to be one';

function settingsWith(redaction: readonly RedactionRule[], base = OCSF_SETTINGS[0]): RenderSettings {
  assert.ok(base);
  return { ...base, redaction, redactor: createRedactor(redaction, KEY) };
}

function eventOf(record: object, settings: RenderSettings): { event: OcsfEvent; text: string } {
  const rendered = renderRecord({ source: 'attestation', body: JSON.stringify(record) }, settings);
  assert.ok(rendered.ok, rendered.ok ? '' : `${rendered.code} at ${rendered.pointer}`);
  return { event: rendered.event, text: JSON.stringify(rendered.event) };
}

function aegisOf(event: OcsfEvent): JsonObject {
  return (event['unmapped'] as { aegis: JsonObject }).aegis;
}

const redact = (record: object, rules: readonly RedactionRule[]): JsonObject =>
  createRedactor(rules, KEY).redact(accepted(record)).attestation as unknown as JsonObject;

describe('redaction', () => {
  it('keeps every class at every version valid under any rules, with hostile records', () => {
    let no = 0;
    fc.assert(
      fc.property(arbitraryAttestation(), arbitraryRedaction(), (record, redaction) => {
        no += 1;
        const base = OCSF_SETTINGS[no % OCSF_SETTINGS.length];
        const { text } = eventOf(record, settingsWith(redaction, base));
        assert.deepEqual(validateEvent(JSON.parse(text)), [], JSON.stringify([base, redaction]));
      }),
      { numRuns: 150 },
    );
  });

  it('leaves no redacted field anywhere in the text, in any class and version', () => {
    let no = 0;
    fc.assert(
      fc.property(fc.boolean(), arbitraryRedaction(), (resolved, redaction) => {
        no += 1;
        const { record, marks } = markedAttestation(resolved);
        const { event, text } = eventOf(
          record,
          settingsWith(redaction, OCSF_SETTINGS[no % OCSF_SETTINGS.length]),
        );
        const ruled = new Set(redaction.flatMap(({ fields }) => fields ?? []));
        const listed = new Set(
          ((aegisOf(event)['redacted'] ?? []) as JsonObject[]).map((item) => item['field']),
        );
        for (const [field, values] of marks.fields) {
          if (!ruled.has(field)) continue;
          for (const value of values) assert.ok(!text.includes(value), `${field}: ${text}`);
          assert.ok(listed.has(field), field);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('leaves nothing that a pattern finds anywhere in the text, wherever it stood', () => {
    let no = 0;
    fc.assert(
      fc.property(fc.boolean(), arbitraryRedaction(), (resolved, redaction) => {
        no += 1;
        const { record, marks } = markedAttestation(resolved);
        const { text } = eventOf(record, settingsWith(redaction, OCSF_SETTINGS[no % OCSF_SETTINGS.length]));
        for (const pattern of redaction.flatMap(({ patterns }) => patterns ?? []))
          assert.ok(!text.includes(marks.patterns[pattern]), `${pattern}: ${text}`);
      }),
      { numRuns: 150 },
    );
  });

  it('shows each field and each pattern where no rule names it', () => {
    const { record, marks } = markedAttestation(true);
    const { text } = eventOf(record, { classUid: 6003, version: '1.9.0' });
    assert.deepEqual([...marks.fields.keys()].toSorted(), REDACTABLE_NAMES.toSorted());
    for (const [field, values] of marks.fields)
      for (const value of values) assert.ok(text.includes(value), `${field} is not in the event at all`);
    for (const mark of Object.values(marks.patterns)) assert.ok(text.includes(mark), mark);
  });

  const named = (rule: Omit<RedactionRule, 'fields'>, agent: string): unknown =>
    redact({ ...markedAttestation(false).record, agent_id: agent }, [{ ...rule, fields: ['agent_id'] }])[
      'agent_id'
    ];

  it('masks, hashes with the key, or keeps the last characters, never more than half', () => {
    const mac = createHmac('sha256', KEY).update('agent-7').digest('hex').slice(0, 32);
    assert.equal(named({ action: 'mask' }, 'agent-7'), '[redacted]');
    assert.equal(named({ action: 'hash' }, 'agent-7'), `hmac-sha256:${mac}`);
    assert.equal(named({ action: 'keep_last' }, 'agent-number-7'), '***er-7');
    assert.equal(named({ action: 'keep_last', keep: 2 }, 'agent-number-7'), '***-7');
    assert.equal(named({ action: 'keep_last', keep: 16 }, 'abcde'), '***de');
    assert.equal(named({ action: 'keep_last' }, 'a'), '***');
    assert.equal(named({ action: 'keep_last', keep: 1 }, 'ab😀'), '***😀');
  });

  it('hashes the same value to the same text in every field, and to another under another key', () => {
    const { record } = markedAttestation(false);
    const rules: readonly RedactionRule[] = [{ fields: ['agent_id', 'session_id'], action: 'hash' }];
    const same = { ...record, agent_id: 'x-1', session_id: 'x-1' };
    const one = redact(same, rules);
    assert.equal(one['agent_id'], one['session_id']);
    const other = createRedactor(rules, `${KEY}!`).redact(accepted(same)).attestation;
    assert.notEqual(other.agent_id, one['agent_id']);
  });

  it('keeps the form of a tool name, from which its server is read', () => {
    const tool = (action: RedactionRule['action'], name: string, patterns?: PatternName[]): unknown =>
      redact({ ...markedAttestation(false).record, tool_name: name }, [
        patterns === undefined ? { fields: ['tool_name'], action } : { patterns, action },
      ])['tool_name'];
    assert.equal(tool('mask', 'payments.refund'), 'redacted.[redacted]');
    assert.equal(tool('keep_last', 'payments.refund'), 'redacted.***fund');
    assert.equal(tool('mask', '10.0.0.1.read', ['ipv4']), '[redacted:ipv4].read');
    assert.equal(tool('drop', 'bob@example.com', ['email']), 'redacted.[redacted]');
    assert.equal(tool('mask', 'payments.refund', ['email']), 'payments.refund');
  });

  it('lists what was redacted with counts and without values, and says what a signature covers', () => {
    const { record } = markedAttestation(false);
    const reasons = ['mail a@b.example or c@d.example', 'mail e@f.example'].map((reason) => ({
      id: 'c',
      reason,
    }));
    const rules: readonly RedactionRule[] = [
      { fields: ['constraints.id', 'session_id'], action: 'drop' },
      { patterns: ['email'], action: 'mask' },
    ];
    const { event } = eventOf({ ...record, constraints: reasons, unknown_note: null }, settingsWith(rules));
    const { redacted, signature_note: note } = aegisOf(event);
    assert.deepEqual(redacted, [
      { field: 'session_id', action: 'drop', count: 1 },
      { pattern: 'email', action: 'mask', count: 7 },
      { field: 'constraints.id', action: 'drop', count: 2 },
    ]);
    assert.equal(note, 'The signature covers the record before it was redacted for this destination.');
    const bare = { ...markedAttestation(false).record, constraints: [{ reason: 'nothing' }] };
    const untouched = eventOf(bare, settingsWith([{ fields: ['resolution.by'], action: 'mask' }]));
    assert.equal('redacted' in aegisOf(untouched.event), false);
    assert.equal('signature_note' in aegisOf(untouched.event), false);
  });

  it('finds patterns in fields that nobody named, in their keys and in numbers, and keeps every key', () => {
    const { record } = markedAttestation(false);
    const extra = { 'a@b.example': 1, 'c@d.example': { card: 4_111_111_111_111_111, count: 7, on: true } };
    const { unknown } = redact({ ...record, extra }, [
      { patterns: ['email', 'credit_card'], action: 'mask' },
    ]) as {
      unknown: JsonObject;
    };
    assert.deepEqual(unknown['extra'], {
      '[redacted:email]': 1,
      '[redacted:email] 2': { card: '[redacted:credit_card]', count: 7, on: true },
    });
  });

  it('replaces what overlaps as one, by the earlier rule, and never looks at what it put there', () => {
    const { record } = markedAttestation(false);
    const reason = 'x +49@10.0.0.1.example y';
    const rules: readonly RedactionRule[] = [
      { patterns: ['ipv4'], action: 'mask' },
      { patterns: ['email'], action: 'hash' },
    ];
    const { constraints } = redact({ ...record, constraints: [{ reason }] }, rules) as {
      constraints: readonly { reason: string }[];
    };
    assert.equal(constraints[0]?.reason, 'x [redacted:ipv4] y');
  });

  it('cuts what became too long: a record of many short texts that are each replaced by a longer one', () => {
    const reason = '+1234567 '.repeat(1_750);
    const rules: readonly RedactionRule[] = [{ patterns: ['phone'], action: 'hash' }];
    const record = { ...SMALLEST_ATTESTATION, constraints: [{ reason, outcome: 'fail' }] };
    const { event, text } = eventOf(record, settingsWith(rules));
    assert.deepEqual(validateEvent(JSON.parse(text)), []);
    assert.ok(Array.isArray(aegisOf(event)['truncated']), 'nothing was cut');
    const short = eventOf({ ...record, constraints: [{ reason: '+1234567' }] }, settingsWith(rules));
    assert.equal('truncated' in aegisOf(short.event), false);
  });

  it('tells thousands of keys apart that become alike, in time that grows with their number', () => {
    const keys = Array.from({ length: 4_900 }, (_, no) => [`a${no}@example.com`, no] as const);
    const record = { ...SMALLEST_ATTESTATION, x: Object.fromEntries(keys) };
    const rules: readonly RedactionRule[] = [{ patterns: ['email'], action: 'mask' }];
    const before = process.threadCpuUsage();
    const { unknown } = redact(record, rules) as unknown as { unknown: { x: JsonObject } };
    const { user, system } = process.threadCpuUsage(before);
    assert.deepEqual(Object.keys(unknown.x).slice(0, 3), [
      '[redacted:email]',
      '[redacted:email] 2',
      '[redacted:email] 3',
    ]);
    assert.deepEqual(
      Object.values(unknown.x),
      keys.map(([, no]) => no),
    );
    // Counted from 2 on for each of them it took more than a second.
    assert.ok(user + system < 500_000, `${user + system} microseconds`);
  });

  it('hashes a text of a record once, and masks what comes after the limit', () => {
    const texts = Array.from({ length: MAX_HASHES_OF_RECORD + 1 }, (_, no) => `a${no}@b.cd`);
    const reason = (from: number, to: number): object => ({ reason: texts.slice(from, to).join(' ') });
    const constraints = [reason(0, 4_000), reason(4_000, 8_000), reason(8_000, texts.length), reason(0, 1)];
    const rules: readonly RedactionRule[] = [{ patterns: ['email'], action: 'hash' }];
    const seen = redact({ ...SMALLEST_ATTESTATION, constraints }, rules) as unknown as {
      readonly constraints: readonly { readonly reason: string }[];
    };
    const words = seen.constraints.flatMap((one) => one.reason.split(' '));
    assert.equal(words.length, texts.length + 1);
    const hashes = words.filter((word) => /^hmac-sha256:[0-9a-f]{32}$/.test(word));
    assert.equal(new Set(hashes).size, MAX_HASHES_OF_RECORD);
    assert.equal(words.at(-2), '[redacted:email]');
    assert.equal(words.at(-1), words[0], 'one that is known is still the same');
  });

  it('renders nothing without its redactor, and makes none that hashes without a key', () => {
    const redaction: readonly RedactionRule[] = [{ fields: ['agent_id'], action: 'hash' }];
    const bare: RenderSettings = { classUid: 2001, version: '1.1.0', redaction };
    const body = JSON.stringify(markedAttestation(false).record);
    assert.throws(() => renderRecord({ source: 'attestation', body }, bare), RedactionKeyError);
    assert.throws(() => renderKey(bare), RedactionKeyError);
    for (const key of [undefined, '']) assert.throws(() => createRedactor(redaction, key), RedactionKeyError);
    assert.ok(createRedactor([{ fields: ['agent_id'], action: 'mask' }]));
  });

  it('tells rules and keys apart in the key of the rendering, and gives neither away', () => {
    const hashing: readonly RedactionRule[] = [{ fields: ['agent_id'], action: 'hash' }];
    const base: RenderSettings = { classUid: 2001, version: '1.1.0', redaction: hashing };
    const keys = [
      renderKey({ classUid: 2001, version: '1.1.0' }),
      renderKey({ ...base, redactor: createRedactor(hashing, KEY) }),
      renderKey({ ...base, redactor: createRedactor(hashing, `${KEY}!`) }),
      renderKey(settingsWith([{ fields: ['agent_id'], action: 'mask' }])),
      renderKey({ classUid: 2001, version: '1.1.0', validate: true }),
    ];
    assert.equal(new Set(keys).size, keys.length);
    assert.ok(!JSON.stringify([keys, base, createRedactor(hashing, KEY)]).includes(KEY));
  });
});
