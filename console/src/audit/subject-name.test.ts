import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subjectName } from './subject-name.ts';

test('the subject of an act has the name that it has since, or that it had', () => {
  assert.equal(subjectName('destination.changed', { name: 'old' }, { name: 'new' }), 'new');
  assert.equal(subjectName('destination.deleted', { name: 'gone' }, null), 'gone');
  assert.equal(subjectName('session.started', null, { name: 'first administrator' }), undefined);
  for (const without of [null, undefined, 'text', [], {}, { name: 7 }, { name: '' }])
    assert.equal(subjectName('api_key.created', without, without), undefined);
});
