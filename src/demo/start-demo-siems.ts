import { type FakeAzure, startFakeAzure } from '../../test/fake-azure/fake-azure.ts';
import { startFakeSplunk } from '../../test/fake-splunk/fake-splunk.ts';
import type { DemoOptions } from './demo-options.ts';
import { DEMO_WORKSPACE, type DemoSiem, type DemoSiems } from './demo-siem.ts';
import { allowRealSplunk, realSplunk } from './real-splunk.ts';

const LOOPBACK = 'http+127.0.0.1/32:1024-65535';
/** HEC code 9, "Server is busy": what an overloaded or stopping indexer answers, with HTTP 503. */
const HEC_BUSY = 9;

/** Real HTTP servers on loopback that hold the service to the protocols; a real Splunk takes the place of one. */
export async function startDemoSiems(options: DemoOptions): Promise<DemoSiems> {
  await using cleanUp = new AsyncDisposableStack();
  const azure = cleanUp.use(await startFakeAzure({}));
  const sentinel = sentinelLogsIngestion(azure);
  const legacy = sentinelDataCollector(azure);
  if (options.splunk !== undefined) {
    const egressAllow = [LOOPBACK, ...(await allowRealSplunk(options.splunk))].join(',');
    const all = [realSplunk(options.splunk), sentinel, legacy];
    return disposable({ all, unsteady: sentinel, egressAllow }, cleanUp.move());
  }
  const fake = cleanUp.use(await startFakeSplunk({}));
  const splunk = {
    name: 'splunk',
    title: 'Splunk',
    destination: {
      name: 'splunk',
      workspace_id: DEMO_WORKSPACE,
      type: 'splunk_hec',
      config: { url: fake.url, index: 'aegis' },
      credentials: { token: fake.token },
    },
    events: () => fake.events().map(({ event }) => event),
    setDown: (down: boolean) => fake.answerAlways(down ? HEC_BUSY : undefined),
  };
  return disposable(
    { all: [splunk, sentinel, legacy], unsteady: splunk, egressAllow: LOOPBACK },
    cleanUp.move(),
  );
}

function disposable(
  siems: Omit<DemoSiems, typeof Symbol.asyncDispose>,
  cleanUp: AsyncDisposableStack,
): DemoSiems {
  return { ...siems, [Symbol.asyncDispose]: () => cleanUp.disposeAsync() };
}

function sentinelLogsIngestion(azure: FakeAzure): DemoSiems['unsteady'] {
  return {
    name: 'sentinel',
    title: 'Sentinel',
    destination: {
      name: 'sentinel',
      workspace_id: DEMO_WORKSPACE,
      type: 'sentinel_logs_ingestion',
      config: azure.logsIngestion.config,
      credentials: azure.logsIngestion.credentials,
    },
    events: () => azure.events('logs_ingestion'),
    setDown: (down) => {
      if (down) azure.fail('logs_ingestion', { kind: 'answer', status: 503 }, Infinity);
      else azure.clearFaults();
    },
  };
}

function sentinelDataCollector(azure: FakeAzure): DemoSiem {
  return {
    name: 'sentinel-legacy',
    title: 'Sentinel (Data Collector API)',
    destination: {
      name: 'sentinel-legacy',
      workspace_id: DEMO_WORKSPACE,
      type: 'sentinel_data_collector',
      config: azure.dataCollector.config,
      credentials: azure.dataCollector.credentials,
    },
    events: () => azure.events('data_collector'),
  };
}
