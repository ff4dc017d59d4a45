/** Bad inputs B107 to B112, and that the list has every number once. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { DESTINATION_INPUTS } from './destination-inputs.ts';
import { INGEST_INPUTS } from './ingest-inputs.ts';
import { OPERATOR_INPUTS } from './operator-inputs.ts';
import { runBadInputs } from './run-bad-inputs.ts';
import { SIEM_INPUTS } from './siem-inputs.ts';

const COUNT = 113;

it(`the list has the numbers B001 to B${COUNT}, each once, and each is tried or shown by a named test`, () => {
  const all = [...INGEST_INPUTS, ...DESTINATION_INPUTS, ...SIEM_INPUTS, ...OPERATOR_INPUTS];
  const wanted = Array.from({ length: COUNT }, (_, index) => `B${String(index + 1).padStart(3, '0')}`);
  assert.deepEqual(all.map(({ id }) => id).toSorted(), wanted);
  for (const { id, run, alsoShownBy = [] } of all) assert.ok(run !== undefined || alsoShownBy.length > 0, id);
});

runBadInputs('workers, stores and people', OPERATOR_INPUTS);
