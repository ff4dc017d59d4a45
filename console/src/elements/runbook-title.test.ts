import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runbookTitle } from './runbook-title.ts';

test('a runbook is named in words, abbreviations in capitals', () => {
  assert.equal(runbookTitle('leaked-api-key'), 'leaked API key');
  assert.equal(runbookTitle('siem-down'), 'SIEM down');
  assert.equal(runbookTitle('poison-event'), 'poison event');
});
