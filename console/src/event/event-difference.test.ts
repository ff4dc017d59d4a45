import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differencesOf } from './event-difference.ts';

test('names each path at which two events differ, and nothing else', () => {
  const left = JSON.stringify({ same: 1, class_uid: 2001, list: [1, 2], deep: { gone: {} } });
  const right = JSON.stringify({ same: 1, class_uid: 6003, list: [1, 3], deep: { came: null } });
  assert.deepEqual(differencesOf(left, right), [
    { path: 'class_uid', left: '2001', right: '6003' },
    { path: 'list[1]', left: '2', right: '3' },
    { path: 'deep.gone', left: '{}', right: undefined },
    { path: 'deep.came', left: undefined, right: 'null' },
  ]);
  assert.deepEqual(differencesOf(left, left), []);
});
