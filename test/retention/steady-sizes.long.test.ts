/**
 * Months of traffic on SQLite: every table but those of the records themselves keeps its size, and so does the log.
 * AEGIS_SIEM_TEST_RETENTION_EVENTS sets how many events go through (default 200,000; 10000000 takes an hour or so).
 */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { createDelivery } from '../../src/delivery/create-delivery.ts';
import { FakeClock } from '../delivery/fake-clock.ts';
import { answer, FakeReceiver, refusing } from '../delivery/fake-receiver.ts';
import { plainBody, plainRenderer } from '../delivery/plain-renderer.ts';
import { addDestination } from '../store-contract/store-fixtures.ts';
import { openTestStore, type TestStore } from '../support/sqlite-store.ts';
import { uuidAt } from '../support/seeded-random.ts';

const EVENTS = Number(process.env['AEGIS_SIEM_TEST_RETENTION_EVENTS'] ?? 200_000);
const DAYS = 90;
const EVENTS_A_DAY = Math.ceil(EVENTS / DAYS);
const EVENTS_A_GROUP = 10_000;
const DAY_MS = 86_400_000;
const KEPT_DAYS = 10;
/** From here on as much must go as comes. */
const STEADY_FROM_DAY = KEPT_DAYS + 5;
const WORKSPACE = 'ws-retention';
/** Kept for ever by design, and what counts them. */
const RECORDS = /^(sqlite_autoindex_)?aegis_siem_(attestations|events)/;

interface Sizes {
  readonly rows: Readonly<Record<string, number>>;
  readonly bytes: Readonly<Record<string, number>>;
  readonly freeBytes: number;
}

test(`over ${EVENTS} events in ${DAYS} days no table but the records grows, and neither does the log`, async () => {
  await using open = await openTestStore();
  const clock = new FakeClock();
  const receiver = new FakeReceiver(clock);
  receiver.limits = { ...receiver.limits, maxEvents: Math.max(20, Math.ceil(EVENTS_A_DAY / 50)) };
  const destination = await addDestination(open.store, WORKSPACE, { batch: {} });
  const delivery = createDelivery({
    store: open.store.delivery,
    retention: open.store.retention,
    retentionAges: {
      receiptsMs: KEPT_DAYS * DAY_MS,
      attemptsMs: KEPT_DAYS * DAY_MS,
      skippedMs: KEPT_DAYS * DAY_MS,
    },
    connect: () => receiver.connector({}),
    openCredentials: () => ({ token: 'opened' }),
    owner: 'owner-1',
    clock,
    random: () => 0.5,
    renderer: plainRenderer(),
    logger: { info: () => {}, warn: () => {}, error: () => {} },
    // A day is crossed in few steps.
    limits: { pollMs: 3_600_000, logLookMs: 3_600_000, reconcileEveryMs: 3_600_000 },
  });
  delivery.start();
  let lastNo = 0;
  let longestLog = 0;
  let steady: Sizes | undefined;
  for (let day = 0; day < DAYS; day += 1) {
    receiver.behaviour = badDay(receiver, day);
    for (let left = EVENTS_A_DAY; left > 0; left -= EVENTS_A_GROUP) {
      lastNo = await recordGroup(open, clock, lastNo, Math.min(left, EVENTS_A_GROUP));
      delivery.wake();
      await clock.until(() => isDrained(open), 3_600_000, 'the outbox being empty');
      receiver.taken.length = 0;
      receiver.requests.length = 0;
      longestLog = Math.max(longestLog, statSync(`${open.path}-wal`).size);
    }
    setBack(open, clock.nowMs());
    await clock.advance(DAY_MS);
    if (day === STEADY_FROM_DAY) steady = sizesOf(open);
  }
  await stopWhileTimePasses(clock, delivery.stop());
  const end = sizesOf(open);
  assert.ok(steady !== undefined);
  assert.equal(open.rows('select count(*) as n from aegis_siem_attestations')[0]?.['n'], lastNo);
  assert.ok((end.rows['aegis_siem_receipts'] ?? 0) > KEPT_DAYS, 'what is young is there');
  assert.ok((end.rows['aegis_siem_attempts'] ?? 0) > 0 && (end.rows['aegis_siem_dead_letters'] ?? 0) > 0);
  for (const [table, rows] of Object.entries(end.rows)) {
    const before: number = steady.rows[table] ?? 0;
    assert.ok(
      rows <= before * 1.1 + 2,
      `${table}: ${before} rows on day ${STEADY_FROM_DAY}, ${rows} at the end`,
    );
  }
  for (const [name, bytes] of Object.entries(end.bytes)) {
    const before: number = steady.bytes[name] ?? 0;
    assert.ok(
      bytes <= before * 1.5 + 65_536,
      `${name}: ${before} bytes on day ${STEADY_FROM_DAY}, ${bytes} at the end`,
    );
  }
  assert.ok(end.freeBytes <= 8_388_608, `${end.freeBytes} bytes of the file are free`);
  assert.ok(longestLog <= 134_217_728, `the log was ${longestLog} bytes long`);
  const progress = await open.store.admin.readProgress(destination.destinationNo);
  assert.equal(progress.nextSeq, lastNo + 1, 'one number for each event');
});

/** One event is refused for good, and five requests fail, on each day. */
function badDay(receiver: FakeReceiver, day: number): FakeReceiver['behaviour'] {
  const refuse = refusing((uid) => uid.endsWith('-bad'), true);
  let failures = 5;
  return (events, take, requestNo) => {
    if (failures > 0) {
      failures -= 1;
      return { kind: 'transient', answer: answer(502, undefined, `day ${day}`) };
    }
    return refuse(events, take, requestNo);
  };
}

async function recordGroup(
  open: TestStore,
  clock: FakeClock,
  lastNo: number,
  count: number,
): Promise<number> {
  const drafts = Array.from({ length: count }, (_, index) => {
    const no = lastNo + 1 + index;
    const recordId = uuidAt(no, () => 0.5);
    return { recordId, workspaceId: WORKSPACE, body: plainBody(`e${no}${index === 7 ? '-bad' : ''}`) };
  });
  const results = await open.store.record.recordAttestations(drafts);
  assert.ok(results.every(({ status }) => status === 'recorded'));
  return lastNo + count;
}

function isDrained(open: TestStore): boolean {
  const [row] = open.rows(
    `select exists (select 1 from aegis_siem_outbox) or exists (select 1 from aegis_siem_batches) as open`,
  );
  return row?.['open'] === 0;
}

/** The database writes times of its own, which are years ahead of the simulated ones: today is when it happened. */
function setBack(open: TestStore, nowMs: number): void {
  open.exec(`update aegis_siem_receipts set delivered_at = ${nowMs} where delivered_at > ${nowMs}`);
  open.exec(`update aegis_siem_dead_letters set status = 'skipped', skipped_by = 'test', skip_reason = 'a bad day'
    where status = 'dead'`);
  open.exec(`update aegis_siem_dead_letters set skipped_at = ${nowMs} where skipped_at > ${nowMs}`);
}

function sizesOf(open: TestStore): Sizes {
  const tables = open
    .rows(`select name from sqlite_schema where type = 'table' and name like 'aegis_siem_%'`)
    .map(({ name }) => String(name))
    .filter((name) => !RECORDS.test(name));
  const bytes = open
    .rows('select name, sum(pgsize) as bytes from dbstat group by name')
    .filter(({ name }) => !RECORDS.test(String(name)));
  const [free] = open.rows(
    'select freelist_count * page_size as bytes from pragma_freelist_count, pragma_page_size',
  );
  return {
    rows: Object.fromEntries(
      tables.map((name) => [name, Number(open.rows(`select count(*) as n from ${name}`)[0]?.['n'])]),
    ),
    bytes: Object.fromEntries(bytes.map((row) => [String(row['name']), Number(row['bytes'])])),
    freeBytes: Number(free?.['bytes']),
  };
}

async function stopWhileTimePasses(clock: FakeClock, stopping: Promise<void>): Promise<void> {
  let stopped = false;
  void stopping.then(() => {
    stopped = true;
  });
  await clock.until(() => stopped, 3_600_000, 'the delivery having stopped');
}
