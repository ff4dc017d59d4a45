import { randomUUID } from 'node:crypto';
import type { Connector, Credentials } from '../../src/connectors/connector.ts';
import { EntraTokens } from '../../src/connectors/entra/entra-tokens.ts';
import type { Outcome } from '../../src/connectors/outcome.ts';
import { retryAfterMs } from '../../src/connectors/retry-after.ts';
import { parseSentinelDataCollectorConfig } from '../../src/connectors/sentinel-data-collector/config.ts';
import { SentinelDataCollectorConnector } from '../../src/connectors/sentinel-data-collector/connector.ts';
import { parseSentinelLogsIngestionConfig } from '../../src/connectors/sentinel-logs-ingestion/config.ts';
import { SentinelLogsIngestionConnector } from '../../src/connectors/sentinel-logs-ingestion/connector.ts';
import { parseSplunkHecConfig } from '../../src/connectors/splunk-hec/config.ts';
import { SplunkHecConnector } from '../../src/connectors/splunk-hec/connector.ts';
import type { Egress } from '../../src/egress/egress.ts';
import type { FakeAzure } from '../fake-azure/fake-azure.ts';
import { sampleEvents } from '../fake-azure/sample-event.ts';
import { sendEvents } from '../support/send-events.ts';

export type ConnectorName = 'splunk-hec' | 'sentinel-logs-ingestion' | 'sentinel-data-collector';

export interface ConnectorsAt {
  /** Scheme, host and port of what they send to. */
  readonly address: string;
  readonly egress: Egress;
  /** Signs the Logs Ingestion connector in; whatever is wrong at `address` is not wrong here. */
  readonly azure: FakeAzure;
}

/** Sends three events to an address with each of the three connectors, one after the other. */
export async function sendByEach(options: ConnectorsAt): Promise<Readonly<Record<ConnectorName, Outcome>>> {
  const { azure } = options;
  const tokens = new EntraTokens({ ...shared(options), readTextFile: () => Promise.reject(new Error()) });
  const send = async (connector: Connector, credentials: Credentials): Promise<Outcome> => {
    const signal = new AbortController().signal;
    const outcome = await sendEvents(connector, sampleEvents(3), credentials, signal);
    // The next one does not meet a connection on which an odd answer was given.
    await options.egress.close();
    return outcome;
  };
  const outcomes = {
    'splunk-hec': await send(splunk(options), { token: 'fa4e0000-0000-4000-8000-00000000c0de' }),
    'sentinel-logs-ingestion': await send(logsIngestion(options, tokens), azure.logsIngestion.credentials),
    'sentinel-data-collector': await send(dataCollector(options), azure.dataCollector.credentials),
  };
  await tokens.close();
  return outcomes;
}

function shared({ egress }: ConnectorsAt) {
  return { egress, nowMs: () => Date.now(), retryAfterMs, randomUuid: () => randomUUID() };
}

function splunk(options: ConnectorsAt): Connector {
  return new SplunkHecConnector({
    ...shared(options),
    config: parseSplunkHecConfig({ url: options.address }),
    channel: '0b5c0000-0000-4000-8000-000000000001',
  });
}

function logsIngestion(options: ConnectorsAt, tokens: EntraTokens): Connector {
  return new SentinelLogsIngestionConnector({
    ...shared(options),
    config: parseSentinelLogsIngestionConfig({
      ...options.azure.logsIngestion.config,
      endpoint: options.address,
    }),
    tokens,
    listAllows: () => true,
    ambientIdentity: false,
    ambientVariables: {},
  });
}

function dataCollector(options: ConnectorsAt): Connector {
  return new SentinelDataCollectorConnector({
    ...shared(options),
    config: parseSentinelDataCollectorConfig({
      ...options.azure.dataCollector.config,
      endpoint: options.address,
    }),
    listAllows: () => true,
  });
}
