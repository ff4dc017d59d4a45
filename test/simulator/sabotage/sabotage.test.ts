import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ALL_SABOTAGES, sabotageNamed } from './all-sabotages.ts';
import { applySabotage } from './apply-sabotage.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

for (const sabotage of ALL_SABOTAGES) {
  void test(`the place of sabotage ${sabotage.name} is in its file once`, () => {
    const source = readFileSync(join(ROOT, sabotage.file), 'utf8');
    assert.notEqual(applySabotage(sabotage, source), source);
  });
}

void test('a sabotage whose place is gone, or is there twice, is an error and not a silent success', () => {
  const sabotage = sabotageNamed('jitter_without_floor');
  assert.throws(() => applySabotage(sabotage, 'nothing'), /stands 0 times/);
  assert.throws(() => applySabotage(sabotage, sabotage.find.repeat(2)), /stands 2 times/);
  assert.throws(() => sabotageNamed('none'), /There is no sabotage 'none'/);
});

void test('every sabotage has a name of its own', () => {
  assert.equal(new Set(ALL_SABOTAGES.map(({ name }) => name)).size, ALL_SABOTAGES.length);
});
