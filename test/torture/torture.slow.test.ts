/** A short run of `npm run torture`: some dozen kills, on both stores. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tortureRun } from './torture-run.ts';

const ROUNDS = 10;

describe('the service is killed again and again under load', () => {
  for (const store of ['sqlite', 'postgres'] as const) {
    const seed = Number(process.env['AEGIS_SIEM_TEST_SEED'] ?? 20_261_124);
    it(`${store}: ${ROUNDS} rounds lose nothing and leave no gap (AEGIS_SIEM_TEST_SEED=${seed})`, async (t) => {
      const report = await tortureRun({
        store,
        rounds: ROUNDS,
        seed,
        acknowledgement: false,
        strikes: 'faults',
        log: (line) => t.diagnostic(line),
      });
      assert.deepEqual(report.violations, []);
      assert.equal(
        Object.values(report.strikes).reduce((sum, times) => sum + times, 0),
        ROUNDS,
      );
      assert.ok(
        Object.values(report.proofs).every(({ complete, checkpoints }) => complete && checkpoints > 0),
      );
      assert.ok(report.accepted > 0 && report.destinations.length === 1);
      for (const { received } of report.destinations) assert.equal(received, report.recorded);
    });
  }
});
