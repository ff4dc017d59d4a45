import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareDeliveries } from './compare-deliveries.ts';
import type { DeliveredRecord, RecordFate } from './delivered-records.ts';
import { migrationVerdict } from './migration-verdict.ts';

const FROM = '2026-11-24T10:00:00.000Z';

/** `10 a delivered`: recorded at that second. */
async function* records(...lines: readonly string[]): AsyncGenerator<DeliveredRecord> {
  for (const line of lines) {
    const [second = '', attestationId = '', fate = ''] = line.split(' ');
    yield { recordedAt: `2026-11-24T10:00:${second}.000Z`, attestationId, fate: fate as RecordFate };
  }
}

test('decisions of one instant may come in any order', async () => {
  const found = await compareDeliveries(
    records('12 c delivered', '11 b delivered', '11 a delivered'),
    records('12 c delivered', '11 a delivered', '11 b delivered'),
  );
  assert.deepEqual([found.decisions, found.twin.delivered, found.lacking], [3, 3, []]);
  assert.equal(migrationVerdict(found, FROM, undefined).word, 'agree');
});

test('equal numbers of other decisions are no agreement', async () => {
  const found = await compareDeliveries(
    records('12 b delivered', '11 a delivered'),
    records('13 c delivered', '11 a delivered'),
  );
  assert.deepEqual([found.twin.missing, found.onlyTwin, found.lacking], [1, 1, ['b']]);
  assert.equal(migrationVerdict(found, FROM, undefined).maySwitch, false);
});

for (const [atOld, atTwin, word, maySwitch] of [
  ['delivered', 'waiting', 'twin_behind', false],
  ['delivered', 'dead', 'twin_lacks', false],
  ['delivered', 'left_out', 'twin_lacks', false],
  ['left_out', 'left_out', 'agree', true],
  ['waiting', 'delivered', 'old_behind', true],
  ['dead', 'delivered', 'old_behind', true],
  ['waiting', 'waiting', 'twin_behind', false],
  ['delivered', 'delivered', 'agree', true],
] as const) {
  test(`${atOld} at the old one and ${atTwin} at the twin is ${word}`, async () => {
    const found = await compareDeliveries(records(`11 a ${atOld}`), records(`11 a ${atTwin}`));
    const verdict = migrationVerdict(found, FROM, undefined);
    assert.deepEqual([verdict.word, verdict.maySwitch], [word, maySwitch]);
  });
}

test('what only the twin has, after the old one was disabled, is no fault', async () => {
  const found = await compareDeliveries(
    records('11 a delivered'),
    records('12 b delivered', '11 a delivered'),
  );
  assert.equal(found.onlyTwin, 1);
  assert.equal(migrationVerdict(found, FROM, undefined).word, 'agree');
});

test('nothing compared is no agreement', async () => {
  const found = await compareDeliveries(records(), records('12 b delivered'));
  assert.deepEqual(migrationVerdict(found, FROM, undefined).word, 'nothing_yet');
});

test('what waits for the old one from before the twin forbids the switch and says what to do', async () => {
  const found = await compareDeliveries(records('11 a delivered'), records('11 a delivered'));
  const verdict = migrationVerdict(found, FROM, '2026-11-24T09:59:59.000Z');
  assert.equal(verdict.maySwitch, false);
  assert.match(verdict.text, /replay start.*--since 2026-11-24T09:59:59/);
  assert.equal(migrationVerdict(found, FROM, FROM).maySwitch, true);
});
