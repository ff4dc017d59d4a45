/** docs/reference/outcomes.md says what the connectors do. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Outcome } from '../../src/connectors/outcome.ts';
import { classifyDataCollector } from '../../src/connectors/sentinel-data-collector/classify.ts';
import { classifyLogsIngestion } from '../../src/connectors/sentinel-logs-ingestion/classify.ts';
import { classifyHecReply } from '../../src/connectors/splunk-hec/classify.ts';
import type { HecReply } from '../../src/connectors/splunk-hec/reply.ts';

const DOCUMENT = readFileSync(
  join(import.meta.dirname, '..', '..', 'docs', 'reference', 'outcomes.md'),
  'utf8',
);
const ANSWER = { message: 'x', durationMs: 1 };
/** Codes of HEC that come with another status than 503. */
const TAKEN = new Set([0, 24, 25]);

interface Row {
  readonly number: number;
  readonly outcome: string;
  /** First word in backticks of the note: a reason where the outcome is `configuration`. */
  readonly reason: string | undefined;
}

/** Rows of the tables below a heading that begin with a number. */
function rowsOf(heading: string, firstColumn: string): readonly Row[] {
  const section = DOCUMENT.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const table = section.split(/\n\n/).find((part) => new RegExp(`^\\| ${firstColumn} `).test(part)) ?? '';
  const rows: Row[] = [];
  for (const line of table.split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    const number = Number(cells[1]);
    if (cells[1] === '' || !Number.isInteger(number)) continue;
    const outcome = cells.find((cell) => /^`[a-z_]+`$/.test(cell))?.slice(1, -1) ?? '';
    rows.push({ number, outcome, reason: /^`(?<reason>\w+)`/.exec(cells.at(-2) ?? '')?.groups?.['reason'] });
  }
  assert.ok(rows.length > 5, `${heading}: a table with rows`);
  return rows;
}

function holds(outcome: Outcome, row: Row, where: string): void {
  assert.equal(outcome.kind, row.outcome, `${where} ${row.number}`);
  if (outcome.kind === 'configuration' && row.reason !== undefined && row.reason !== 'poison') {
    assert.equal(outcome.reason, row.reason, `${where} ${row.number}`);
  }
}

function hec(reply: Pick<HecReply, 'status'> & Partial<HecReply>): Outcome {
  return classifyHecReply(
    { text: '', cut: false, ...reply },
    { eventCount: 3, indexerAcknowledgement: false, retryAfterMs: undefined, answer: ANSWER },
  );
}

test('the table of HEC codes is what the connector does', () => {
  const rows = rowsOf('Splunk', 'code');
  for (const row of rows) {
    holds(hec({ status: TAKEN.has(row.number) ? 200 : 503, code: row.number }), row, 'code');
  }
  const undefinedCodes = new Set([17]);
  const expected = Array.from({ length: 28 }, (_, code) => code).filter((code) => !undefinedCodes.has(code));
  assert.deepEqual(
    rows.map(({ number }) => number),
    expected,
  );
});

test('the table of statuses without a HEC code is what the connector does', () => {
  for (const row of rowsOf('Splunk', 'status')) holds(hec({ status: row.number }), row, 'status');
});

test('the tables of the Sentinel connectors are what they do', () => {
  const reply = (status: number) => ({
    status,
    isHtml: false,
    isPlainText: false,
    cut: false,
    headers: {},
    answer: ANSWER,
  });
  const names = { dcrImmutableId: 'dcr-0', stream: 'Custom-AegisOcsf' };
  for (const row of rowsOf('Sentinel, Logs', 'status')) {
    holds(classifyLogsIngestion(reply(row.number), names), row, 'Logs Ingestion');
  }
  for (const row of rowsOf('Sentinel, HTTP', 'status')) {
    holds(classifyDataCollector(reply(row.number), 100, 0), row, 'Data Collector');
  }
});
