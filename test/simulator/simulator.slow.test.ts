import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULT_CLASSES } from './fault-class.ts';
import { runJobs } from './run-jobs.ts';
import { ALL_SABOTAGES } from './sabotage/all-sabotages.ts';
import { findAll } from './sabotage/sabotage-table.ts';

const PROCESSES = 2;
/** Seeds within which each sabotage must be noticed; all of them are among those that the engine itself passes. */
const SABOTAGE_SEEDS = { first: 1, last: 200 };

void test('2,000 worlds keep every promise, and every class of fault strikes in them', async (t) => {
  const report = await runJobs({ first: 1, last: 2_000 }, PROCESSES);
  t.diagnostic(
    `${report.requests} requests, ${report.simulatedDays.toFixed(1)} days in ${report.wallSeconds.toFixed(0)} s`,
  );
  assert.deepEqual(report.violations, []);
  assert.equal(report.seeds, 2_000);
  const never = FAULT_CLASSES.filter((name) => (report.faults[name] ?? 0) === 0);
  assert.deepEqual(never, []);
});

void test('every bug that is put into the engine on purpose is noticed', async (t) => {
  const findings = await findAll(SABOTAGE_SEEDS, ({ name, invariant, seedsNeeded }) =>
    t.diagnostic(`${name}: ${invariant ?? 'not noticed'} after ${seedsNeeded} seeds`),
  );
  assert.equal(findings.length, ALL_SABOTAGES.length);
  assert.deepEqual(
    findings.filter(({ invariant }) => invariant === undefined).map(({ name }) => name),
    [],
  );
});
