import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Misbehaviour, SUITE_SCALE } from './misbehaviour.ts';
import { runMisbehaviour } from './run-misbehaviour.ts';
import type { Sink } from './sink.ts';

/** One test for each way of misbehaving, at the size of the suite. */
export function describeMisbehaviours<Kind extends Sink>(
  title: string,
  misbehaviours: readonly Misbehaviour<Kind>[],
): void {
  void describe(title, () => {
    for (const misbehaviour of misbehaviours) {
      void it(`loses nothing and doubles only what it must: ${misbehaviour.name}`, async () => {
        const { faults } = await runMisbehaviour(misbehaviour, SUITE_SCALE);
        assert.deepEqual(faults, []);
      });
    }
  });
}
