import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AZURE_CLOUDS, type AzureCloudName } from './azure-cloud.ts';
import { type AzurePurpose, azureHostVerdict } from './azure-host-verdict.ts';

const NOT_LISTED = (_url: URL): boolean => false;

function judge(cloud: AzureCloudName, purpose: AzurePurpose, url: string, listAllows = NOT_LISTED) {
  const addresses = [{ field: 'endpoint', purpose, url: new URL(url) }];
  return azureHostVerdict({ cloud, addresses }, AZURE_CLOUDS, listAllows);
}

const OWN: readonly (readonly [AzureCloudName, AzurePurpose, string])[] = [
  ['public', 'logs_ingestion', 'https://dcr-x-1a.westeurope-1.ingest.monitor.azure.com'],
  ['public', 'login', 'https://login.microsoftonline.com'],
  ['public', 'scope', 'https://monitor.azure.com/.default'],
  ['public', 'data_collector', 'https://11112222-3333-4444-8555-666677778888.ods.opinsights.azure.com'],
  ['gov', 'logs_ingestion', 'https://x.usgovvirginia-1.ingest.monitor.azure.us'],
  ['gov', 'login', 'https://login.microsoftonline.us'],
  ['gov', 'scope', 'https://monitor.azure.us/.default'],
  ['gov', 'data_collector', 'https://w.ods.opinsights.azure.us'],
  ['china', 'logs_ingestion', 'https://x.chinanorth3-1.ingest.monitor.azure.cn'],
  ['china', 'login', 'https://login.chinacloudapi.cn'],
  ['china', 'login', 'https://login.partner.microsoftonline.cn'],
  ['china', 'scope', 'https://monitor.azure.cn/.default'],
  ['china', 'data_collector', 'https://w.ods.opinsights.azure.cn'],
];

for (const [cloud, purpose, url] of OWN) {
  test(`${url} is an own address of the ${cloud} cloud`, () => {
    assert.deepEqual(judge(cloud, purpose, url), { ok: true });
  });
}

const REFUSED: readonly (readonly [AzurePurpose, string])[] = [
  ['logs_ingestion', 'http://x.westeurope-1.ingest.monitor.azure.com'],
  ['logs_ingestion', 'https://x.westeurope-1.ingest.monitor.azure.com:8443'],
  ['logs_ingestion', 'https://ingest.monitor.azure.com.example.com'],
  ['logs_ingestion', 'https://evilingest.monitor.azure.com'],
  ['logs_ingestion', 'https://.ingest.monitor.azure.com'],
  ['logs_ingestion', 'https://x.ingest.monitor.azure.com.'],
  ['logs_ingestion', 'https://10.0.0.7'],
  ['login', 'https://evil.login.microsoftonline.com'],
  ['login', 'https://login.microsoftonline.com.example.com'],
  ['login', 'https://169.254.169.254'],
  ['scope', 'https://vault.azure.net/.default'],
  ['scope', 'https://graph.microsoft.com/.default'],
  ['data_collector', 'https://example.com'],
];

for (const [purpose, url] of REFUSED) {
  test(`${url} is refused as ${purpose}, unless the operator's list names it`, () => {
    const verdict = judge('public', purpose, url);
    assert.ok(!verdict.ok);
    assert.equal(verdict.code, 'azure_host_refused');
    assert.match(verdict.message, /AEGIS_SIEM_EGRESS_ALLOW/);
    const listed = judge('public', purpose, url, (asked) => asked.href === new URL(url).href);
    assert.deepEqual(listed, { ok: true });
  });
}

test('an address of another cloud is refused with that cloud named', () => {
  const verdict = judge('public', 'logs_ingestion', 'https://x.usgovvirginia-1.ingest.monitor.azure.us');
  assert.ok(!verdict.ok);
  assert.equal(verdict.code, 'azure_cloud_mismatch');
  assert.match(verdict.message, /Set cloud to "gov"/);
});

test('one wrong address among right ones is named', () => {
  const verdict = azureHostVerdict(
    {
      cloud: 'china',
      addresses: [
        { field: 'endpoint', purpose: 'logs_ingestion', url: new URL('https://x.ingest.monitor.azure.cn') },
        { field: 'authority_host', purpose: 'login', url: new URL('https://login.microsoftonline.com') },
      ],
    },
    AZURE_CLOUDS,
    NOT_LISTED,
  );
  assert.ok(!verdict.ok);
  assert.equal(verdict.field, 'authority_host');
});
