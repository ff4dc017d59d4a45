import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonValue } from '../../json.ts';
import { isCurrent, TEMPLATE_FILE } from '../../../scripts/make-sentinel-template.ts';
import { declaredStreams } from '../../../test/fake-azure/declared-columns.ts';
import { sampleEvents, sampleOcsfEvent, wireEvent } from '../../../test/fake-azure/sample-event.ts';
import { toDataCollectorRow } from '../sentinel-data-collector/row.ts';
import { toLogsIngestionRow } from '../sentinel-logs-ingestion/row.ts';
import { COLUMNS, STREAM_NAME, type ColumnType } from './columns.ts';
import { MAX_LIST_BYTES, MAX_TEXT_CHARS } from './event-fields.ts';
import { joinRows } from './join-rows.ts';

/** https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table, and those of the Data Collector API. */
const RESERVED = new Set(['_ResourceId', 'id', '_SubscriptionId', 'TenantId', 'Type', 'UniqueId', 'Title']);

test('each column has a name that a table takes, once', () => {
  const names = COLUMNS.map(({ name }) => name);
  assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length);
  for (const name of names) {
    assert.match(name, /^[A-Za-z][A-Za-z0-9_]{0,44}$/);
    assert.ok(!RESERVED.has(name), name);
  }
});

test('the shipped template is the one that the columns make (npm run sentinel-template)', () => {
  assert.ok(isCurrent(readFileSync(TEMPLATE_FILE, 'utf8')));
});

test('the check of the template notices a column that is missing', () => {
  const text = readFileSync(TEMPLATE_FILE, 'utf8').replaceAll('"AgentName"', '"AgentNames"');
  assert.ok(!isCurrent(text));
});

test('a row of an event that has everything has exactly the columns that the template declares', () => {
  const [event] = sampleEvents(1);
  assert.ok(event !== undefined);
  const declared = declaredStreams()
    .get(STREAM_NAME)
    ?.map(({ name }) => name);
  assert.deepEqual(Object.keys(toLogsIngestionRow(event)), declared);
});

test('a row says what the event says', () => {
  const event = wireEvent(
    sampleOcsfEvent({ seq: 7, uid: 'att-7', timeMs: Date.UTC(2026, 10, 20, 9, 15, 30, 412) }),
  );
  const row = toLogsIngestionRow(event);
  assert.equal(row['RawEvent'], event.text);
  delete (row as Record<string, JsonValue>)['RawEvent'];
  assert.deepEqual(row, {
    TimeGenerated: '2026-11-20T09:15:30.412Z',
    EventTime: '2026-11-20T09:15:30.412Z',
    EventUid: 'att-7',
    EventVendor: 'Aegis',
    EventProduct: 'Aegis',
    EventProductVersion: '1.0.0',
    EventSchema: 'OCSF',
    EventSchemaVersion: '1.1.0',
    EventType: 'attestation.deny',
    EventResult: 'Failure',
    EventSeverity: 'Medium',
    EventOriginalSeverity: 'Medium',
    ClassUid: 2001,
    ClassName: 'Security Finding',
    ActivityId: 1,
    TypeUid: 200_101,
    StatusId: 2,
    Verdict: 'DENY',
    AgentId: 'agent-7',
    AgentName: 'invoice-bot',
    ToolName: 'crm.delete_contact',
    WorkspaceName: 'ws-finance',
    ActorUsername: 'Ana Müller',
    ActorUserId: 'user-12',
    SrcIpAddr: '192.0.2.7',
    ImpactSeverity: 'high',
    AttestationId: 'att-7',
    PayloadHash: '81'.repeat(32),
    ImpactHash: '95'.repeat(32),
    ConstraintIds: ['c-1'],
    Reasons: ['over the limit of 10'],
    MessageText: 'Aegis DENY: agent-7 was blocked from calling crm.delete_contact',
    RawEventTruncated: true,
    StreamId: 'a5c1f0f4-0000-4000-8000-000000000001',
    StreamEpoch: 'e-1',
    StreamSeq: 7,
    StreamKind: 'event',
    TemplateVersion: '1',
  });
});

const SEVERITIES = [
  [0, 'Informational'],
  [1, 'Informational'],
  [2, 'Low'],
  [3, 'Medium'],
  [4, 'High'],
  [5, 'High'],
  [6, 'High'],
  [99, 'Informational'],
] as const;
for (const [id, word] of SEVERITIES) {
  test(`OCSF severity ${id} is ${word}`, () => {
    assert.equal(toLogsIngestionRow(wireEvent({ severity_id: id }))['EventSeverity'], word);
  });
}

test('the workflow status of a finding is no result', () => {
  const resultOf = (class_uid: number, category_uid: number, status_id: number) =>
    toLogsIngestionRow(wireEvent({ class_uid, category_uid, status_id }))['EventResult'];
  assert.equal(resultOf(2001, 2, 1), 'Success');
  assert.equal(resultOf(6003, 6, 2), 'Failure');
  assert.equal(resultOf(2001, 2, 99), 'NA');
  assert.equal(resultOf(2004, 2, 1), 'NA');
});

test('a number that its column cannot hold is left out, not rounded', () => {
  const row = toLogsIngestionRow(wireEvent({ class_uid: 2 ** 31, activity_id: 1.5, type_uid: 2 ** 40 }));
  assert.ok(!('ClassUid' in row) && !('ActivityId' in row));
  assert.equal(row['TypeUid'], 2 ** 40);
});

test('long lists and texts are bounded beside RawEvent, between characters', () => {
  const reasons = Array.from({ length: 100 }, () => ({ reason: '\u{1f600}'.repeat(300) }));
  const event = wireEvent({
    message: `a${'\u{1f600}'.repeat(MAX_TEXT_CHARS)}`,
    finding: { supporting_data: { constraints: reasons } },
  });
  const row = toLogsIngestionRow(event);
  assert.ok(Buffer.byteLength(JSON.stringify(row['Reasons'])) <= MAX_LIST_BYTES);
  const message = row['MessageText'];
  assert.ok(typeof message === 'string' && message.length <= MAX_TEXT_CHARS && message.isWellFormed());
  assert.equal(row['RawEvent'], event.text);
});

const FITS: Readonly<Record<ColumnType, (value: JsonValue) => boolean>> = {
  datetime: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  string: (value) => typeof value === 'string',
  int: (value) => typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31,
  long: (value) => Number.isSafeInteger(value),
  boolean: (value) => typeof value === 'boolean',
  dynamic: (value) => Array.isArray(value),
};

test('whatever an event holds, a row has declared columns of the declared types only', () => {
  const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
  const key = fc.constantFrom(
    'metadata',
    'unmapped',
    'aegis',
    'stream',
    'actor',
    'user',
    'uid',
    'seq',
    'time',
    'name',
    '__proto__',
  );
  const nested = fc.dictionary(
    key,
    fc.oneof(json, fc.dictionary(key, fc.oneof(json, fc.dictionary(key, json)))),
  );
  fc.assert(
    fc.property(nested, (event) => {
      const wire = wireEvent(event);
      const row = toLogsIngestionRow(wire);
      for (const [name, value] of Object.entries(row)) {
        const column = COLUMNS.find((candidate) => candidate.name === name);
        assert.ok(column !== undefined, name);
        assert.ok(FITS[column.type](value), `${name}: ${JSON.stringify(value)}`);
      }
      const flat = toDataCollectorRow(wire);
      assert.ok(!('TimeGenerated' in flat));
      for (const value of Object.values(flat)) assert.ok(typeof value !== 'object');
    }),
  );
});

test('a body of rows is counted in bytes of UTF-8, whatever the characters', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 30 }), (texts) => {
      const rows = texts.map((text) => JSON.stringify({ RawEvent: text }));
      const exact = Buffer.byteLength(`[${rows.join(',')}]`);
      const encoded = rows.map((row) => Buffer.from(row));
      const body = joinRows(encoded, exact);
      assert.ok(body !== undefined);
      assert.equal(body.byteLength, exact);
      assert.deepEqual(
        JSON.parse(body.toString('utf8')),
        texts.map((text) => ({ RawEvent: text })),
      );
      // Without any row nothing is counted: there is no smaller body than "[]".
      if (rows.length > 0) assert.equal(joinRows(encoded, exact - 1), undefined);
    }),
  );
});
