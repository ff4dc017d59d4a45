import { type FakeAzure, type FakeAzureOptions, startFakeAzure } from '../../fake-azure/fake-azure.ts';
import type { FakeTable } from '../../fake-azure/stored-rows.ts';
import type { Sink } from './sink.ts';

export interface SentinelSink extends Sink {
  readonly azure: FakeAzure;
  readonly api: FakeTable;
}

/** One of the two APIs of Microsoft Sentinel, with the sign-in service behind the same address. */
export async function startSentinelSink(
  api: FakeTable,
  options: FakeAzureOptions = {},
): Promise<SentinelSink> {
  const azure = await startFakeAzure(options);
  const { config, credentials } = api === 'logs_ingestion' ? azure.logsIngestion : azure.dataCollector;
  return {
    type: api === 'logs_ingestion' ? 'sentinel_logs_ingestion' : 'sentinel_data_collector',
    azure,
    api,
    port: Number(new URL(azure.url).port),
    config: (reach) => ({
      ...config,
      endpoint: reach(azure.url),
      ...(api === 'logs_ingestion' ? { authority_host: reach(azure.url) } : {}),
    }),
    credentials,
    arrivals: () => azure.events(api),
    requests: () => azure.requests(api).length,
    [Symbol.asyncDispose]: () => azure.close(),
  };
}
