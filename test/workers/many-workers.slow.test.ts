/** Several `aegis-siem worker` processes on one PostgreSQL database. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import type { CliProcess } from '../support/cli-process.ts';
import { WorkerFleet } from './worker-fleet.ts';

/** In CI eight; by hand up to 16 (AEGIS_SIEM_TEST_WORKERS=16). Each takes seconds of CPU only to start. */
const WORKERS = Number(process.env['AEGIS_SIEM_TEST_WORKERS'] ?? 8);
const LEASE_MS = 3_000;
const SETTINGS = { AEGIS_SIEM_LEASE_SECONDS: String(LEASE_MS / 1_000) };
const BIG = 8_000;
const SMALL = 60;
const WAIT_MS = 60_000;

describe('many workers on one database', () => {
  it(`${WORKERS} of them send each event once; a big backlog and a dead destination delay no other`, async () => {
    // The usual lease: on a machine that starves its processes for seconds, a short one would be lost without a fault.
    await using fleet = await WorkerFleet.open({});
    const small = ['small-1', 'small-2', 'small-3'];
    const siems = new Map<string, FakeSplunk>();
    for (const name of ['dead', 'big', ...small]) {
      const siem = await startFakeSplunk({});
      siems.set(name, siem);
      await fleet.addDestination(name, siem);
    }
    const siemOf = (name: string): FakeSplunk => siems.get(name) ?? assert.fail();
    siemOf('dead').plan({ kind: 'hang' }, Number.MAX_SAFE_INTEGER);
    siemOf('big').plan({ kind: 'slow', delayMs: 50 }, Number.MAX_SAFE_INTEGER);
    // The backlog is there first, the small ones come behind it.
    await fleet.record('dead', SMALL);
    await fleet.record('big', BIG);
    for (const name of small) await fleet.record(name, SMALL);
    const workers = Array.from({ length: WORKERS }, () => fleet.startWorker());
    await Promise.all(small.map((name) => siemOf(name).waitFor(SMALL, WAIT_MS)));
    assert.ok(siemOf('big').events().length < BIG, 'the big one is still busy');
    await Promise.all(workers.map((worker) => worker.ready));
    // More for all of them, now that every worker looks for work.
    for (const name of ['big', ...small]) await fleet.record(name, SMALL);
    await Promise.all(small.map((name) => siemOf(name).waitFor(2 * SMALL, WAIT_MS)));
    await siemOf('big').waitFor(BIG + SMALL, WAIT_MS);
    for (const name of ['big', ...small]) assertEachNumberOnce(siemOf(name), name === 'big' ? BIG : SMALL);
    const ends = await Promise.all(workers.map((worker) => worker.end('SIGTERM')));
    assert.deepEqual(new Set(ends), new Set([0]));
    for (const siem of siems.values()) await siem.close();
  });

  it('a worker that stands still for two leases loses its lane, its late write is refused, and it works again', async () => {
    await using fleet = await WorkerFleet.open(SETTINGS);
    await using siem = await startFakeSplunk({});
    await fleet.addDestination('siem', siem);
    const workers = [fleet.startWorker(), fleet.startWorker()] as const;
    await Promise.all(workers.map((worker) => worker.ready));
    // One request on its way: its answer comes while the owner stands still.
    siem.plan({ kind: 'slow', delayMs: 300 }, Number.MAX_SAFE_INTEGER);
    await fleet.record('siem', 500);
    await siem.waitFor(1, WAIT_MS);
    const before = await fleet.owner('siem');
    const [frozen, other] = before.pid === workers[0].process.pid ? workers : [workers[1], workers[0]];
    assert.equal(before.pid, frozen.process.pid);
    const frozenAtMs = Date.now();
    frozen.process.kill('SIGSTOP');
    await fleet.record('siem', 10);
    // The rest comes from the other one, after the lease and not before.
    await siem.waitFor(siem.events().length + 10, WAIT_MS);
    await untilNoneWaits(fleet, siem, 510);
    const after = await fleet.owner('siem');
    assert.equal(after.pid, other.process.pid);
    assert.ok(after.token > before.token);
    assert.ok(Date.now() - frozenAtMs >= LEASE_MS - 1_000, 'a process that exists is waited for');
    await untilMs(frozenAtMs + 2 * LEASE_MS);

    const refused = frozen.says(/belongs to another owner now/, WAIT_MS);
    frozen.process.kill('SIGCONT');
    await refused;
    assert.equal((await fleet.owner('siem')).token, after.token, 'the late owner took nothing back');
    assert.equal(await receivedPlaces(fleet), 510, 'each place is in one receipt');
    assert.deepEqual(await fleet.ask('select 1 from aegis_siem_batches'), []);

    // The one that stood still takes over when the other is killed, without waiting for the lease.
    const events = siem.events().length;
    await fleet.record('siem', 10);
    await siem.waitFor(events + 10, WAIT_MS);
    await untilNoneWaits(fleet, siem, 520);
    other.process.kill('SIGKILL');
    await other.ended;
    const killedAtMs = Date.now();
    await fleet.record('siem', 10);
    await siem.waitFor(siem.events().length + 10, WAIT_MS);
    const movedMs = Date.now() - killedAtMs;
    assert.equal((await fleet.owner('siem')).pid, frozen.process.pid);
    assert.ok(movedMs < LEASE_MS, `the lane moved after ${movedMs} ms`);
    await stopAll([frozen]);
  });
});

function assertEachNumberOnce(siem: FakeSplunk, backlog: number): void {
  const numbers = siem
    .events()
    .map(({ eventText }) => Number(/"seq":(?<seq>\d+)/.exec(eventText)?.groups?.['seq']));
  const distinct = new Set(numbers);
  assert.equal(numbers.length, distinct.size, `of ${distinct.size} numbers so many came twice or more`);
  // Checkpoints have numbers too: as many as there are, none is left out.
  assert.ok(distinct.size >= backlog + SMALL);
  for (let number = 1; number <= distinct.size; number += 1) assert.ok(distinct.has(number), `${number}`);
}

/** Every place that receipts speak of, counted as often as it stands there. */
async function receivedPlaces(fleet: WorkerFleet): Promise<number> {
  const [row] = await fleet.ask('select coalesce(sum(places), 0) as places from aegis_siem_receipts');
  return Number(row?.['places']);
}

/** Waits until so many distinct events are in, and the store has finished all of them. */
async function untilNoneWaits(fleet: WorkerFleet, siem: FakeSplunk, distinct: number): Promise<void> {
  const giveUpMs = Date.now() + WAIT_MS;
  for (;;) {
    const uids = new Set(siem.events().map(({ event }) => (event['metadata'] as { uid?: string }).uid));
    const open = await fleet.ask('select 1 from aegis_siem_outbox limit 1');
    if (uids.size === distinct && open.length === 0) return;
    assert.ok(Date.now() < giveUpMs, `${uids.size} of ${distinct} arrived, ${open.length} open`);
    await siem.waitFor(siem.events().length + 1, 100).catch(() => undefined);
  }
}

async function untilMs(timeMs: number): Promise<void> {
  // Two whole leases of real time: the lease is the database's, and no fake clock reaches into a stopped process.
  await new Promise((resolve) => void setTimeout(resolve, Math.max(0, timeMs - Date.now())));
}

async function stopAll(workers: readonly CliProcess[]): Promise<void> {
  for (const worker of workers) assert.equal(await worker.end('SIGTERM'), 0);
}
