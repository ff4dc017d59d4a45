import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Destination, ProblemDocument } from '../api/api-types.ts';
import { changedFields } from './changed-fields.ts';
import { canStandBeside, credentialPatch } from './credential-change.ts';
import { afterRefusal, deleteQuery } from './delete-steps.ts';
import { HISTORY_RANGES, historyPath } from './history-range.ts';
import { rulesOf } from './redaction-rule.ts';
import { patchOf, SECTIONS } from './settings-draft.ts';

const problem = (code: string, extra: object = {}): ProblemDocument => ({
  type: '',
  title: '',
  status: 409,
  detail: '',
  request_id: '',
  code,
  ...extra,
});

test('a deletion goes from what waits, over a reason, to the confirmation of the API, and back when that is too old', () => {
  const counts = { open_rows: 12, dead_letters: 3 };
  const busy = afterRefusal({ kind: 'ask' }, problem('destination_busy', counts));
  assert.deepEqual(busy, { kind: 'busy', openRows: 12, deadLetters: 3 });
  assert.ok(busy !== undefined);
  assert.equal(deleteQuery(busy, 'old & gone'), '?open=skip&reason=old+%26+gone');

  const told = afterRefusal(
    busy,
    problem('confirmation_needed', { effect: { open_rows: 13, dead_letters: 3 }, confirm: 'c+1' }),
  );
  assert.deepEqual(told, { kind: 'told', openRows: 13, deadLetters: 3, confirm: 'c+1' });
  assert.ok(told !== undefined);
  assert.equal(deleteQuery(told, 'r'), '?open=skip&reason=r&confirm=c%2B1');
  assert.equal(afterRefusal(told, problem('confirmation_refused'))?.kind, 'busy');
});

test('any other refusal of a deletion is shown as a problem', () => {
  assert.equal(afterRefusal({ kind: 'ask' }, problem('stale_version')), undefined);
  assert.equal(
    afterRefusal({ kind: 'ask' }, problem('confirmation_needed')),
    undefined,
    'without a confirmation to send',
  );
  assert.equal(deleteQuery({ kind: 'ask' }, 'typed before'), '');
});

const stored = {
  name: 'splunk',
  config: { url: 'https://a.example.com', index: 'main' },
  filter: { verdicts: ['deny'] },
  redaction: [],
  ocsf: { class_uid: 2001, version: '1.1.0', validate: false, record_integrity: false },
  batch: {},
  limits: {},
} as unknown as Destination;
const unchanged = {
  name: stored.name,
  redaction: [],
  sections: Object.fromEntries(SECTIONS.map(({ key }) => [key, { ...(stored[key] as object) }])),
};

test('settings that nobody changed make an empty patch', () => {
  assert.deepEqual(patchOf(stored, unchanged), {});
});

test('rules that the API answers in another order of fields are not a change', () => {
  const answered = {
    ...stored,
    redaction: [{ patterns: ['email'], action: 'mask' }],
  } as unknown as Destination;
  const rules = rulesOf(answered.redaction);
  assert.deepEqual(patchOf(answered, { ...unchanged, redaction: rules }), {});
  const dropped = rules.map((rule) => ({ ...rule, action: 'drop' }));
  assert.deepEqual(patchOf(answered, { ...unchanged, redaction: dropped }), { redaction: dropped });
});

test('config is patched by field, other parts as a whole, and an emptied filter lets everything through', () => {
  const sections = {
    ...unchanged.sections,
    config: { url: 'https://a.example.com', gzip: false },
    filter: {},
  };
  assert.deepEqual(patchOf(stored, { ...unchanged, name: 'splunk-2', sections }), {
    name: 'splunk-2',
    config: { index: null, gzip: false },
    filter: {},
  });
});

test('a record of the audit trail names what changed, one level into an object', () => {
  assert.deepEqual(
    changedFields(
      { state: 'active', config: { url: 'a', gzip: true } },
      { state: 'paused', config: { url: 'b', gzip: true } },
    ),
    ['state', 'config.url'],
  );
  assert.deepEqual(changedFields(null, { state: 'active' }), []);
});

test('the address of a chart changes once a step, and never asks for more than 200 steps', () => {
  const nowMs = Date.parse('2026-11-24T10:07:31Z');
  for (const range of HISTORY_RANGES) {
    assert.ok(range.spanMs / 1_000 / range.bucketSeconds <= 200, range.title);
    const path = historyPath('id', range, nowMs);
    assert.equal(historyPath('id', range, nowMs + 1_000), path);
    const query = new URL(path, 'http://localhost').searchParams;
    const to = Date.parse(query.get('to') ?? '');
    assert.ok(to > nowMs && to - nowMs <= range.bucketSeconds * 1_000, 'the step that is not over is in it');
  }
});

test('new credentials stand beside old ones of the same names; others, and a key of redaction, count at once', () => {
  const set = {
    credentials: { token: { set: true, fingerprint: 'f' }, redaction_key: { set: true, fingerprint: 'g' } },
  } as const;
  assert.equal(canStandBeside(set, { token: 'new' }), true);
  assert.equal(canStandBeside(set, { token: 'new', client_key_pem: 'pem' }), false);
  assert.equal(canStandBeside(set, { redaction_key: 'new' }), false);
});

test('the end of new credentials goes with them, and is forgotten where nobody names it', () => {
  const given = { token: 'new' };
  assert.deepEqual(credentialPatch(given, '2027-06-30', true), {
    next_credentials: given,
    next_credentials_expire_at: '2027-06-30T00:00:00Z',
  });
  assert.deepEqual(credentialPatch(given, '', true), { next_credentials: given });
  assert.deepEqual(credentialPatch(given, '', false), { credentials: given, credentials_expire_at: null });
});
