/** What a connector says it would send is what it sends, but for the words in brackets. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Credentials } from '../../src/connectors/connector.ts';
import { type ConnectorSettings, createConnector } from '../../src/connectors/create-connector.ts';
import { eventBytes } from '../../src/connectors/encode-events.ts';
import { EntraTokens } from '../../src/connectors/entra/entra-tokens.ts';
import { retryAfterMs } from '../../src/connectors/retry-after.ts';
import { createAddressPolicy } from '../../src/egress/address-policy.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import type { Egress, EgressRequest } from '../../src/egress/egress.ts';
import { type FakeAzure, startFakeAzure } from '../fake-azure/fake-azure.ts';
import { sampleEvents } from '../fake-azure/sample-event.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';

const CHANNEL = '0b5c0000-0000-4000-8000-000000000001';

describe('the preview of a request', () => {
  const seen: EgressRequest[] = [];
  const real = createEgress({ policy: createAddressPolicy('http+127.0.0.1/32:1024-65535') });
  const egress: Egress = {
    request: (request) => {
      seen.push(request);
      return real.request(request);
    },
    close: () => real.close(),
  };
  const nowMs = (): number => Date.now();
  const tokens = new EntraTokens({
    egress: real,
    nowMs,
    retryAfterMs,
    randomUuid: () => randomUUID(),
    readTextFile: () => Promise.reject(new Error('there is no file')),
  });
  let azure: FakeAzure;
  let splunk: FakeSplunk;
  before(async () => {
    azure = await startFakeAzure();
    splunk = await startFakeSplunk({});
  });
  after(async () => {
    await tokens.close();
    await real.close();
    await azure.close();
    await splunk.close();
  });

  const cases: Readonly<Record<ConnectorSettings['type'], () => [ConnectorSettings['config'], Credentials]>> =
    {
      splunk_hec: () => [{ url: splunk.url, index: 'main', host: 'aegis' }, { token: splunk.token }],
      sentinel_logs_ingestion: () => [azure.logsIngestion.config, azure.logsIngestion.credentials],
      sentinel_data_collector: () => [azure.dataCollector.config, azure.dataCollector.credentials],
    };
  for (const type of ['splunk_hec', 'sentinel_logs_ingestion', 'sentinel_data_collector'] as const) {
    it(`of ${type} is the request that send posts, without its secrets`, async () => {
      const [config, credentials] = cases[type]();
      const connector = createConnector({ type, config }, CHANNEL, {
        egress,
        tokens,
        nowMs,
        listAllows: () => true,
        ambientIdentity: false,
        variables: {},
        randomUuid: () => randomUUID(),
      });
      const events = eventBytes(sampleEvents(3).map((event) => connector.encode(event)));
      seen.length = 0;
      const preview = connector.preview(events);
      const sentByPreview = seen.length;
      const outcome = await connector.send(events, credentials, new AbortController().signal);
      assert.equal(outcome.kind, 'delivered');
      const [sent] = seen;
      assert.ok(sent?.body !== undefined);
      assert.deepEqual([sentByPreview, seen.length], [0, 1]);
      assert.equal(preview.url.href, sent.url.href);
      const zipped = sent.headers['content-encoding'] === 'gzip';
      assert.deepEqual(Buffer.from(preview.body), Buffer.from(zipped ? gunzipSync(sent.body) : sent.body));
      assert.deepEqual(Object.keys(preview.headers), Object.keys(sent.headers));
      for (const [name, value] of Object.entries(preview.headers)) {
        const bracket = value.indexOf('[');
        if (bracket === -1) assert.equal(value, sent.headers[name], name);
        else assert.ok(sent.headers[name]?.startsWith(value.slice(0, bracket)), name);
      }
      assert.match(preview.headers['authorization'] ?? '', /\[hidden\]$/);
      const shown = JSON.stringify(preview.headers) + preview.url.href;
      for (const secret of Object.values(credentials)) assert.ok(!shown.includes(secret));
    });
  }
});
