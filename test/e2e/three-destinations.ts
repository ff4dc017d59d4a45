/** A service with a fake Splunk and a fake Azure, and one destination of each type made over the REST API. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import type { JsonObject, JsonValue } from '../../src/json.ts';
import { type FakeAzure, startFakeAzure } from '../fake-azure/fake-azure.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { usePostgres } from '../support/postgres.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';

export type StoreName = 'sqlite' | 'postgres';
export const WORKSPACE = 'ws-finance';

export interface ThreeDestinations extends AsyncDisposable {
  readonly splunk: FakeSplunk;
  readonly azure: FakeAzure;
  readonly storeUrl: string;
  service: ServiceProcess;
  /** Ends the service with `signal` and starts it again on the same store and keys. */
  restart(signal: NodeJS.Signals): Promise<void>;
}

export async function startThreeDestinations(
  storeName: StoreName,
  env: Readonly<Record<string, string>> = {},
  /** Of the Splunk destination; absent: as a destination is made without it. */
  splunkOcsf?: JsonObject,
): Promise<ThreeDestinations> {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-e2e-'));
  const splunk = await startFakeSplunk({});
  const azure = await startFakeAzure({});
  const postgres = storeName === 'postgres' ? await usePostgres() : undefined;
  const storeUrl = postgres?.url ?? `sqlite:${join(folder, 'aegis.db')}`;
  const start = (): Promise<ServiceProcess> => startServiceProcess({ folder, env, storeUrl });
  const rig: ThreeDestinations = {
    splunk,
    azure,
    storeUrl,
    service: await start(),
    async restart(signal) {
      await rig.service.end(signal);
      rig.service = await start();
    },
    async [Symbol.asyncDispose]() {
      await rig.service.end('SIGKILL');
      await Promise.all([splunk.close(), azure.close()]);
      await postgres?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  for (const destination of destinationsFor(splunk, azure)) {
    const answer = await rig.service.call('POST', '/v1/siem/destinations', {
      ...destination,
      ...(splunkOcsf !== undefined && destination['type'] === 'splunk_hec' ? { ocsf: splunkOcsf } : {}),
      sources: ['attestations', 'external'],
    });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
  }
  return rig;
}

function destinationsFor(splunk: FakeSplunk, azure: FakeAzure): readonly JsonObject[] {
  return [
    {
      name: 'splunk',
      workspace_id: WORKSPACE,
      type: 'splunk_hec',
      config: { url: splunk.url, index: 'aegis' },
      credentials: { token: splunk.token },
    },
    {
      name: 'sentinel',
      workspace_id: WORKSPACE,
      type: 'sentinel_logs_ingestion',
      config: azure.logsIngestion.config,
      credentials: azure.logsIngestion.credentials,
    },
    {
      name: 'sentinel-legacy',
      workspace_id: WORKSPACE,
      type: 'sentinel_data_collector',
      config: azure.dataCollector.config,
      credentials: azure.dataCollector.credentials,
    },
  ];
}

/** Posts attestations as NDJSON, `perRequest` lines at a time; asserts that each was recorded. */
export async function record(
  service: ServiceProcess,
  texts: readonly string[],
  perRequest: number,
): Promise<void> {
  for (let from = 0; from < texts.length; from += perRequest) {
    const part = texts.slice(from, from + perRequest);
    const answer = await service.call(
      'POST',
      '/v1/attestations',
      Buffer.from(part.join('\n')),
      'application/x-ndjson',
    );
    const results = (answer.body as { results?: readonly { status: string }[] }).results ?? [];
    const refused = results.filter((item) => item.status !== 'recorded' && item.status !== 'duplicate');
    assert.deepEqual(refused, [], `answer ${answer.status}`);
    assert.equal(results.length, part.length);
  }
}

/** `metadata.uid` of an OCSF event. */
export function uidOf(event: JsonValue): string {
  const { metadata } = event as unknown as { metadata: { uid: string } };
  return metadata.uid;
}
