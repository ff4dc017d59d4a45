import { readFileSync } from 'node:fs';
import { type FakeAzure, startFakeAzure } from '../../test/fake-azure/fake-azure.ts';
import { type FakeSplunk, startFakeSplunk } from '../../test/fake-splunk/fake-splunk.ts';
import { CliError } from '../cli/cli-error.ts';
import type { JsonObject } from '../json.ts';
import type { DemoOptions } from './demo-options.ts';

export const DEMO_WORKSPACE = 'ws-demo';

/** What the demo sends to: fakes on loopback that enforce the protocols, or the reader's own Splunk in place of one. */
export interface DemoSiems {
  readonly splunk?: FakeSplunk;
  readonly azure: FakeAzure;
  readonly destinations: readonly JsonObject[];
  /** Addresses that the service must be allowed to dial. */
  readonly egressAllow: string;
  close(): Promise<void>;
}

const LOOPBACK = 'http+127.0.0.1/32:1024-65535';

export async function startDemoSiems(options: DemoOptions): Promise<DemoSiems> {
  const azure = await startFakeAzure({});
  const splunk = options.splunkUrl === undefined ? await startFakeSplunk({}) : undefined;
  return {
    ...(splunk === undefined ? {} : { splunk }),
    azure,
    egressAllow: LOOPBACK,
    destinations: [
      {
        name: 'splunk',
        workspace_id: DEMO_WORKSPACE,
        type: 'splunk_hec',
        ...(splunk === undefined
          ? realSplunk(options)
          : { config: { url: splunk.url, index: 'aegis' }, credentials: { token: splunk.token } }),
      },
      {
        name: 'sentinel',
        workspace_id: DEMO_WORKSPACE,
        type: 'sentinel_logs_ingestion',
        config: azure.logsIngestion.config,
        credentials: azure.logsIngestion.credentials,
      },
      {
        name: 'sentinel-legacy',
        workspace_id: DEMO_WORKSPACE,
        type: 'sentinel_data_collector',
        config: azure.dataCollector.config,
        credentials: azure.dataCollector.credentials,
      },
    ],
    async close() {
      await Promise.all([azure[Symbol.asyncDispose](), splunk?.close()]);
    },
  };
}

function realSplunk({ splunkUrl, splunkToken, splunkTokenFile, splunkIndex }: DemoOptions): JsonObject {
  const token = splunkToken ?? (splunkTokenFile === undefined ? undefined : readToken(splunkTokenFile));
  if (token === undefined || token === '') {
    throw new CliError('missing_option', '--splunk-url needs --splunk-token-file (or --splunk-token)');
  }
  return {
    config: { url: splunkUrl ?? '', ...(splunkIndex === undefined ? {} : { index: splunkIndex }) },
    credentials: { token },
  };
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new CliError('unreadable', `--splunk-token-file: ${path} cannot be read`, undefined, {
      cause: error,
    });
  }
}
