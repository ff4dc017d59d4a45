import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '../../json.ts';
import { parseSentinelDataCollectorConfig } from '../sentinel-data-collector/config.ts';
import {
  parseSentinelLogsIngestionConfig,
  sentinelLogsIngestionHostVerdict,
} from '../sentinel-logs-ingestion/config.ts';
import { COLUMNS, TEMPLATE_VERSION } from './columns.ts';

const FOLDER = path.join(import.meta.dirname, '..', '..', '..', 'content', 'sentinel');
const README = readFileSync(path.join(FOLDER, 'README.md'), 'utf8');
/** Names that a query makes itself, or that belong to tables of the workspace. */
const OTHER_NAMES = new Set(
  'Event PrevSeq SameStream GapFrom GapTo Missing Rows Newest Copies Events Doubled MostCopies Times OperationName InputStreamId Message DCRLogErrors IngestedAt Body MadeAt NextDue Overdue Places CheckpointSeq FromSeq ToSeq Untaken Seen Expected'.split(
    ' ',
  ),
);

function jsonBlocks(text: string): JsonObject[] {
  return [...text.matchAll(/```json\n(?<body>[\s\S]*?)```/g)].map(
    (match) => JSON.parse(match.groups?.['body'] ?? '') as JsonObject,
  );
}

test('the settings that the README shows are taken', () => {
  const [logsIngestion, dataCollector] = jsonBlocks(README);
  assert.ok(logsIngestion !== undefined && dataCollector !== undefined);
  const config = parseSentinelLogsIngestionConfig(logsIngestion);
  assert.deepEqual(
    sentinelLogsIngestionHostVerdict(config, () => false),
    { ok: true },
  );
  assert.equal(parseSentinelDataCollectorConfig(dataCollector).logType, 'AegisOcsfClassic');
});

test('the README names every file of the folder', () => {
  for (const file of globSync('**/*.{kql,json}', { cwd: FOLDER })) {
    const folder = path.dirname(file);
    const together = ['queries', 'detections'].includes(folder) ? `${folder}/*.kql` : undefined;
    assert.ok(README.includes(together ?? file.replaceAll(path.sep, '/')), file);
  }
});

for (const file of globSync('{functions,queries}/*.kql', { cwd: FOLDER })) {
  test(`${file} uses columns that the table has`, () => {
    const query = readFileSync(path.join(FOLDER, file), 'utf8')
      .replaceAll(/\/\/.*/g, '')
      .replaceAll(/"[^"]*"/g, '""');
    const declared = new Set(COLUMNS.map(({ name }) => name));
    const used = [...query.matchAll(/\b[A-Z][A-Za-z]+\b/g)].map(([name]) => name);
    assert.ok(used.length > 0);
    assert.deepEqual(
      used.filter((name) => !declared.has(name) && !OTHER_NAMES.has(name)),
      [],
    );
  });
}

test('the suffixed names of the legacy table are those of columns', () => {
  const query = readFileSync(path.join(FOLDER, 'functions', 'AegisOcsfClassic.kql'), 'utf8');
  const names = [...query.matchAll(/"(?<name>[A-Za-z]+)_[a-z]"/g)].map(
    (match) => match.groups?.['name'] ?? '',
  );
  assert.ok(names.length > 15);
  for (const name of names)
    assert.ok(
      COLUMNS.some((column) => column.name === name),
      name,
    );
});

test('the check for old templates knows the present version', () => {
  const query = readFileSync(path.join(FOLDER, 'queries', 'old-template.kql'), 'utf8');
  assert.ok(query.includes(`TemplateVersion != "${TEMPLATE_VERSION}"`));
});
