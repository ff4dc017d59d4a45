import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Overview } from '../api/api-types.ts';
import { withMessage } from './overview-feed.ts';

const message = (event: string, data: object): Parameters<typeof withMessage>[1] => ({
  event,
  data: JSON.stringify(data),
});
const destination = (destination_id: string, name: string): object => ({ destination_id, name });
const overview = {
  destinations: [destination('1', 'a'), destination('2', 'b')],
  summary: {},
  more: false,
} as unknown as Overview;
const names = (known: Overview | undefined): readonly string[] | undefined =>
  known?.destinations.map(({ name }) => name);

test('a change takes its place, a new one comes last, and one that is gone goes', () => {
  assert.deepEqual(names(withMessage(overview, message('destination', destination('1', 'c')))), ['c', 'b']);
  assert.deepEqual(names(withMessage(overview, message('destination', destination('3', 'c')))), [
    'a',
    'b',
    'c',
  ]);
  assert.deepEqual(names(withMessage(overview, message('removed', { destination_id: '1' }))), ['b']);
  assert.deepEqual(names(overview), ['a', 'b'], 'what was read before stays as it was');
});

test('the whole overview replaces what is known; a change of what is not known changes nothing', () => {
  assert.deepEqual(names(withMessage(undefined, message('overview', overview))), ['a', 'b']);
  assert.equal(withMessage(undefined, message('destination', destination('1', 'c'))), undefined);
  assert.equal(withMessage(overview, message('something_newer', {})), undefined);
});
