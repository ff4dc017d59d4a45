import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { callService } from '../support/call-service.ts';
import { type CliProcess, startCliProcess } from '../support/cli-process.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { launchPostgresServer } from '../support/postgres-server.ts';
import { Arrivals } from './arrivals.ts';
import { FaultRound } from './soak-faults.ts';
import { measure, possibleDuplicates, type SoakSample } from './soak-sample.ts';
import { judgeSoak, type SoakFigures } from './soak-verdict.ts';
import { SteadyRecording } from './steady-recording.ts';

export type SoakStore = 'sqlite' | 'postgres';

export interface SoakOptions {
  readonly store: SoakStore;
  readonly minutes: number;
  readonly seed: number;
  /** Records a second; without it half of what the service is found to deliver when it is given as many as it takes. */
  readonly perSecond?: number;
  readonly sampleEveryMs: number;
  readonly faultEveryMs: number;
  readonly log: (line: string) => void;
}

/** What a run leaves behind, for people and for the reliability report. */
export interface SoakReport extends SoakFigures {
  readonly store: SoakStore;
  readonly minutes: number;
  readonly perSecond: number;
  readonly recorded: number;
  readonly arrived: number;
  readonly lost: number;
  readonly repeated: number;
  /** What the service counted as possible doubles. */
  readonly countedDoubles: number;
  readonly faultsPlanned: Readonly<Record<string, number>>;
}

const WORKSPACE = 'ws-soak';
const CALIBRATION_MS = 15_000;
const DRAIN_TIMEOUT_MS = 300_000;
const LOOK_EVERY_MS = 100;

/** The real service under a steady load, with a SIEM that fails now and then. Rejects only when the run cannot go on. */
export async function soakRun(options: SoakOptions): Promise<SoakReport> {
  const { store, minutes, seed, log } = options;
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-soak-'));
  const server = store === 'postgres' ? await launchPostgresServer() : undefined;
  const storeUrl = server?.url ?? `sqlite:${join(folder, 'aegis.db')}`;
  const arrivals = new Arrivals();
  await using siem = await startFakeSplunk({
    onEvent: ({ event }) => {
      const { metadata } = event as unknown as { metadata: { uid: string } };
      const { aegis } = event['unmapped'] as unknown as { aegis: { stream: { kind: string } } };
      if (aegis.stream.kind === 'event') arrivals.came(metadata.uid);
    },
  });
  const service = startService(folder, storeUrl);
  const endService = (): void => void service.process.kill('SIGKILL');
  process.once('exit', endService);
  try {
    const url = (await service.ready).groups?.['url'] ?? '';
    const key = readFileSync(join(folder, 'admin-key'), 'utf8').trim();
    await addDestination(url, key, siem);
    const texts = generateAttestations({ seed, count: Number.MAX_SAFE_INTEGER, workspaceId: WORKSPACE });
    const recording = new SteadyRecording({ url, key, texts, arrivals });
    const perSecond = options.perSecond ?? Math.floor((await capacity(recording, arrivals)) / 2);
    log(`${store}: ${perSecond} records a second for ${minutes} minutes`);
    arrivals.takeDelays();

    const faults = new FaultRound(siem, options.faultEveryMs);
    const samples: SoakSample[] = [];
    const startedMs = performance.now();
    const ending = new AbortController();
    const load = recording.run(perSecond, ending.signal);
    for (let atMs = 0; atMs < minutes * 60_000; atMs = performance.now() - startedMs) {
      await pause(options.sampleEveryMs);
      const delays = arrivals.takeDelays();
      const sample = {
        ...(await measure(url, key, storeUrl)),
        atMs: performance.now() - startedMs,
        arrived: arrivals.arrived,
        delays,
      };
      samples.push(sample);
      log(lineOf(store, sample));
    }
    ending.abort();
    await load;
    faults.end();
    siem.clearFaults();
    await untilDrained(arrivals);
    const countedDoubles = await possibleDuplicates(url, key);
    const exit = await service.end('SIGTERM');
    const figures = judgeSoak(store, samples);
    const { repeated, arrived, underWay: lost } = arrivals;
    return {
      store,
      minutes,
      perSecond,
      recorded: recording.recorded,
      arrived,
      lost,
      repeated,
      countedDoubles,
      faultsPlanned: faults.planned,
      ...figures,
      violations: [
        ...figures.violations,
        ...recording.unexpected,
        ...(lost > 0 ? [`${lost} records are not at the SIEM ${DRAIN_TIMEOUT_MS} ms after the load`] : []),
        ...(repeated > countedDoubles
          ? [`${repeated} events came twice, the service counted ${countedDoubles} at most`]
          : []),
        ...(exit === 0 ? [] : [`the service ended with ${String(exit)} on SIGTERM`]),
      ],
    };
  } finally {
    process.off('exit', endService);
    await service.end('SIGKILL');
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Events a second from the first record to the last arrival, when the service is given all that it takes for a while. */
async function capacity(recording: SteadyRecording, arrivals: Arrivals): Promise<number> {
  const startedMs = performance.now();
  const ending = new AbortController();
  const load = recording.run(Infinity, ending.signal);
  await pause(CALIBRATION_MS);
  ending.abort();
  await load;
  await untilDrained(arrivals);
  return (arrivals.arrived * 1_000) / (performance.now() - startedMs);
}

async function untilDrained(arrivals: Arrivals): Promise<void> {
  const untilMs = performance.now() + DRAIN_TIMEOUT_MS;
  while (arrivals.underWay > 0 && performance.now() < untilMs) await pause(LOOK_EVERY_MS);
}

function startService(folder: string, storeUrl: string): CliProcess {
  return startCliProcess({
    args: ['serve'],
    ready: /listening on (?<url>http:\/\/\S+)/,
    env: {
      AEGIS_SIEM_STORE: storeUrl,
      AEGIS_SIEM_PORT: '0',
      AEGIS_SIEM_KEY_FILE: join(folder, 'master-key'),
      AEGIS_SIEM_ADMIN_KEY_FILE: join(folder, 'admin-key'),
      AEGIS_SIEM_EGRESS_ALLOW: 'http+127.0.0.1/32:1024-65535',
      AEGIS_SIEM_LOG_LEVEL: 'warn',
    },
  });
}

async function addDestination(
  url: string,
  key: string,
  siem: { readonly url: string; readonly token: string },
): Promise<void> {
  const answer = await callService(url, key, 'POST', '/v1/siem/destinations', {
    name: 'siem',
    workspace_id: WORKSPACE,
    type: 'splunk_hec',
    config: { url: siem.url },
    credentials: { token: siem.token },
    sources: ['attestations'],
  });
  if (answer.status !== 201) throw new Error(`no destination: ${JSON.stringify(answer.body)}`);
}

function lineOf(store: SoakStore, sample: SoakSample): string {
  const mib = (bytes: number): string => (bytes / 1_048_576).toFixed(0);
  return (
    `${store} ${(sample.atMs / 1_000).toFixed(0)} s: ${sample.arrived} arrived, ${sample.openRows} wait,` +
    ` memory ${mib(sample.residentBytes)} MiB (heap ${mib(sample.heapBytes)}), ${sample.openHandles} handles,` +
    ` log ${mib(sample.logBytes)} MiB, disk ${mib(sample.diskBytes)} MiB, delay p99 ${sample.delays.quantileMs(0.99)} ms`
  );
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => void setTimeout(resolve, ms));
}
