/**
 * Every connector over every store through every fault of the path: the real engine sends to a fake SIEM by way of a proxy
 * that breaks, and mends. Each case has events of its own; all of a connector and store share one stream of numbers.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { issueCertificate, makeAuthority } from '../fake-splunk/test-certificates.ts';
import { type FaultProxy, startFaultProxy } from '../fault-proxy/fault-proxy.ts';
import { startTlsFront } from '../fault-proxy/tls-front.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres.ts';
import { deadIdsOf } from './sinks/dead-ids.ts';
import { faultsOf, judgeArrivals } from './sinks/judge-arrivals.ts';
import { type PathCase, PATH_CASES, TLS_CASES } from './sinks/path-faults.ts';
import { openRunStore, type RunStore, type StoreName } from './sinks/run-store.ts';
import { startSentinelSink } from './sinks/sentinel-sink.ts';
import { idOf, RUN_WORKSPACE, type SinkDelivery, startSinkDelivery } from './sinks/sink-delivery.ts';
import type { Sink } from './sinks/sink.ts';
import { startSplunkSink } from './sinks/splunk-sink.ts';
import { uidOf } from './three-destinations.ts';

const EVENTS_A_CASE = 200;
/** So that some requests are in flight when the fault strikes, and some come after it. */
const BATCH_EVENTS = 60;
const FAILURES = 3;
const WITHIN_MS = 30_000;
const SEED = 31;

const CONNECTORS: readonly (readonly [name: string, start: () => Promise<Sink>])[] = [
  ['splunk-hec', () => startSplunkSink()],
  ['sentinel-logs-ingestion', () => startSentinelSink('logs_ingestion')],
  ['sentinel-data-collector', () => startSentinelSink('data_collector')],
];
const STORES: readonly StoreName[] = ['sqlite', 'postgres'];

interface Rig {
  readonly sink: Sink;
  readonly path: FaultProxy;
  readonly opened: RunStore;
  readonly delivery: SinkDelivery;
  readonly texts: Iterator<string>;
  readonly ids: string[];
}

const authority = makeAuthority('Test Authority');

async function startRig(
  stack: AsyncDisposableStack,
  startSink: () => Promise<Sink>,
  storeName: StoreName,
  tls: boolean,
): Promise<Rig> {
  const sink = stack.use(await startSink());
  const certificate = issueCertificate(authority, { dnsName: 'siem.example.com', ipAddress: '127.0.0.1' });
  const port = tls ? stack.use(await startTlsFront(sink.port, certificate)).port : sink.port;
  const path = stack.use(await startFaultProxy(port));
  const opened = stack.use(await openRunStore(storeName));
  const delivery = stack.use(
    await startSinkDelivery({
      store: opened.store,
      sink,
      reach: (address) => {
        const through = path.through(address);
        return tls ? through.replace('http:', 'https:') : through;
      },
      batch: { maxEvents: BATCH_EVENTS },
      // A thread would have its own list of trusted authorities.
      ...(tls ? { run: 'here' } : {}),
    }),
  );
  const texts = generateAttestations({ seed: SEED, count: 1_000_000, workspaceId: RUN_WORKSPACE });
  return { sink, path, opened, delivery, texts, ids: [] };
}

/** Events that are recorded now. */
async function recordSome({ texts, ids, delivery }: Rig): Promise<void> {
  const fresh = Array.from({ length: EVENTS_A_CASE }, () => {
    const next = texts.next();
    assert.ok(next.done !== true);
    return next.value;
  });
  ids.push(...fresh.map(idOf));
  await delivery.record(fresh);
}

async function meet(rig: Rig, { name, fault, meanwhile, health, ambiguous }: PathCase): Promise<void> {
  const { path, sink } = rig;
  const { seen } = rig.delivery;
  const before = {
    attempts: seen.attempts.length,
    health: seen.health.length,
    counted: sum(seen.duplicates),
    doubles: doublesOf(sink),
  };
  const allFinished = (): Promise<void> =>
    seen.until(() => seen.finished >= rig.ids.length, WITHIN_MS, `${name}: not every event is finished`);
  const failures = (): number =>
    seen.attempts.slice(before.attempts).filter(({ outcome }) => outcome !== 'delivered').length;

  await path.begin(fault);
  await recordSome(rig);
  if (meanwhile === 'passes') await allFinished();
  if (meanwhile === 'holds') await path.struck();
  if (meanwhile === 'fails') await seen.until(() => failures() >= FAILURES, WITHIN_MS, `${name}: no failure`);
  await path.end();
  await allFinished();

  const words = seen.health.slice(before.health).map(({ to }) => `${to.state} ${to.reason ?? ''}`.trim());
  if (health === undefined) assert.deepEqual(words, []);
  else {
    assert.ok(
      words.some((word) => health.test(word)),
      `${String(health)} is not among ${words.join(', ')}`,
    );
    assert.equal(words.at(-1), 'healthy');
  }
  const counted = sum(seen.duplicates) - before.counted;
  const doubles = doublesOf(sink) - before.doubles;
  assert.ok(doubles <= counted, `${doubles} doubles, ${counted} counted`);
  if (!ambiguous) assert.equal(counted, 0, 'nothing here can be doubled');
  if (ambiguous) assert.deepEqual(Object.keys(seen.duplicates), ['ambiguous']);
}

/** Nothing is lost or dead, and every number of the stream has its event. */
async function judge({ ids, sink, opened, delivery }: Rig): Promise<void> {
  const deadIds = await deadIdsOf(opened.store, delivery.destination);
  const judgement = judgeArrivals({ ids, refused: new Set(), deadIds, arrivals: sink.arrivals() });
  assert.deepEqual(faultsOf(judgement), []);
  assert.equal(judgement.events, judgement.arrived);
  assert.deepEqual(delivery.seen.errors, []);
}

function doublesOf(sink: Sink): number {
  const arrivals = sink.arrivals();
  return arrivals.length - new Set(arrivals.map(uidOf)).size;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function describeMatrix(cases: readonly PathCase[], tls: boolean): void {
  for (const [connector, startSink] of CONNECTORS) {
    for (const storeName of STORES) {
      void describe(`${connector} over ${storeName}${tls ? ', TLS' : ''}`, () => {
        const stack = new AsyncDisposableStack();
        let rig: Rig | undefined;
        before(async () => {
          rig = await startRig(stack, startSink, storeName, tls);
          await recordSome(rig);
          const { seen } = rig.delivery;
          await seen.until(() => seen.finished >= EVENTS_A_CASE, WITHIN_MS, 'the whole path does not work');
        });
        after(() => stack.disposeAsync());
        for (const one of cases) {
          void it(`loses nothing through ${one.name}`, async () => {
            assert.ok(rig !== undefined);
            if (tls) await dropConnections(rig.path);
            await meet(rig, one);
          });
        }
        void it('has every event in the end, and each number filled once', async () => {
          assert.ok(rig !== undefined);
          await judge(rig);
        });
      });
    }
  }
}

/** A handshake is what comes first on a connection: those that are open are ended. */
async function dropConnections(path: FaultProxy): Promise<void> {
  await path.begin({ kind: 'refused' });
  await path.end();
}

/** One server for all of them, as the test command starts one for all files. */
const SERVER_VARIABLE = 'AEGIS_SIEM_TEST_POSTGRES_URL';
let ownServer: PostgresServer | undefined;
before(async () => {
  if ((process.env[SERVER_VARIABLE] ?? '') !== '') return;
  ownServer = await startPostgresServer();
  process.env[SERVER_VARIABLE] = ownServer.url;
});
after(() => ownServer?.stop());

describeMatrix(PATH_CASES, false);
void describe('over TLS', () => {
  const trusted = getCACertificates('default');
  before(() => setDefaultCACertificates([...trusted, authority.certificatePem]));
  after(() => setDefaultCACertificates(trusted));
  describeMatrix(TLS_CASES, true);
});
