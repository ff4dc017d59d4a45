/** The pages that lead to the first event, followed literally: nothing but the address and the secret differs. */
import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { validateEvent } from '../../src/ocsf/validate-event.ts';
import { startFakeAzure } from '../fake-azure/fake-azure.ts';
import { startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { type FollowedBlock, followPage } from './follow-page.ts';

const EXAMPLES = 300;
const TEN_MINUTES_SECONDS = 600;

/** A port for a service of this test alone, so that it meets none of the reader's. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function environment(): Promise<Record<string, string>> {
  const port = await freePort();
  return {
    AEGIS_SIEM_PORT: String(port),
    AEGIS_SIEM_URL: `http://127.0.0.1:${port}`,
    AEGIS_SIEM_EGRESS_ALLOW: 'http+127.0.0.1/32:1024-65535',
  };
}

function allWorked(t: TestContext, blocks: readonly FollowedBlock[]): void {
  for (const { code, output, exitCode } of blocks) assert.equal(exitCode, 0, `${code}\n${output}`);
  const seconds = blocks.reduce((sum, block) => sum + block.seconds, 0);
  t.diagnostic(`${blocks.length} blocks in ${seconds.toFixed(1)} s, without what a person does in the SIEM`);
  assert.ok(seconds < TEN_MINUTES_SECONDS);
}

test('docs/start/splunk.md leads to valid events in Splunk', async (t) => {
  await using splunk = await startFakeSplunk({ indexes: ['aegis'] });
  const blocks = await followPage('docs/start/splunk.md', {
    replace: { 'https://splunk.example.com:8088': splunk.url },
    type: { 'read -rs HEC_TOKEN': `${splunk.token}\n` },
    env: await environment(),
  });

  allWorked(t, blocks);
  await splunk.waitFor(EXAMPLES + 1);
  for (const { event } of splunk.events()) assert.deepEqual(validateEvent(event), []);
  assert.match(blocks.find(({ code }) => code.includes('destinations test'))?.output ?? '', /^delivered$/m);
});

test('docs/start/sentinel.md leads to valid events in Sentinel', async (t) => {
  await using azure = await startFakeAzure({});
  const { credentials } = azure.logsIngestion;
  const config = azure.logsIngestion.config as Readonly<Record<string, string>>;
  const blocks = await followPage('docs/start/sentinel.md', {
    replace: {
      'https://dcr-aegis-siem-a1b2.westeurope-1.ingest.monitor.azure.com': config['endpoint'] ?? '',
      'dcr-00112233445566778899aabbccddeeff': config['dcr_immutable_id'] ?? '',
      // The address of the sign-in service is Azure's, and given only where it is another.
      '"client_id": "0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"': `"client_id": "${config['client_id']}", "authority_host": "${config['authority_host']}"`,
    },
    type: { 'read -rs CLIENT_SECRET': `${credentials['client_secret'] ?? ''}\n` },
    env: await environment(),
  });

  allWorked(t, blocks);
  await azure.waitFor(EXAMPLES + 1);
  for (const event of azure.events()) assert.deepEqual(validateEvent(event), []);
});
