/** The KQL that is shipped, by Microsoft's own parser, against the tables that the shipped template declares. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { COLUMNS, TABLE_NAME } from '../../src/connectors/sentinel/columns.ts';
import type { DeclaredColumn } from '../fake-azure/declared-columns.ts';
import { kqlParser } from './kusto-parser.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'content', 'sentinel');
/** https://learn.microsoft.com/azure/azure-monitor/reference/tables/dcrlogerrors */
const DCR_LOG_ERRORS = ['OperationName', 'InputStreamId', 'Message'].map((name) => ({
  name,
  type: 'string',
}));
const TIME = { name: 'TimeGenerated', type: 'datetime' };

/** The legacy API makes columns as rows come: queries look for each by name, and only the time is sure. */
const parse = kqlParser(
  new Map<string, readonly DeclaredColumn[]>([
    [TABLE_NAME, COLUMNS],
    ['AegisOcsfClassic_CL', [TIME]],
    ['DCRLogErrors', [TIME, ...DCR_LOG_ERRORS]],
  ]),
);

describe('the shipped KQL', () => {
  const files = globSync('**/*.kql', { cwd: FOLDER });
  it('is there', () => assert.ok(files.length >= 8, files.join()));

  for (const file of files)
    it(`${basename(file)} has no diagnostic`, () => {
      assert.deepEqual(parse(readFileSync(join(FOLDER, file), 'utf8')), []);
    });

  it('is held against the columns: one that is not declared is found, and a text that is no query', () => {
    const [unknown] = parse(`${TABLE_NAME} | where StreamSequence > 1`);
    assert.deepEqual([unknown?.code, unknown?.at], ['KS142', 'StreamSequence']);
    assert.notDeepEqual(parse(`${TABLE_NAME} | where`), []);
    assert.notDeepEqual(parse('NoSuchTable | take 1'), []);
    assert.notDeepEqual(parse(`${TABLE_NAME} | where StreamSeq > "a" + 1 + true`), []);
  });
});
