/**
 * One unmistakable secret in every field that takes one; then everything a person does, with what goes wrong; then each is
 * looked for, in every spelling, wherever something was written, stored or answered.
 */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { Client, escapeIdentifier } from 'pg';
import { DESTINATION_KINDS } from '../../src/api/destination-kinds.ts';
import { withCommonCredentials } from '../../src/api/schemas/destination-body-schema.ts';
import type { RunningService } from '../../src/service.ts';
import { SETTINGS } from '../../src/settings/settings-schema.ts';
import { callService } from '../api/call-service.ts';
import { Installation, WORKSPACE } from '../api/installation.ts';
import { runCommand } from '../cli/run-command.ts';
import { openBrowser } from '../console/browser.ts';
import { builtConsole } from '../console/built-console.ts';
import { startFakeAzure } from '../fake-azure/fake-azure.ts';
import { selfSignedCertificate } from '../fake-azure/self-signed-certificate.ts';
import { startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { LoopbackServers } from '../fake-splunk/loopback-servers.ts';
import { issueCertificate, makeAuthority } from '../fake-splunk/test-certificates.ts';
import { usePostgres } from '../support/postgres.ts';
import { attestationText } from '../support/valid-attestation.ts';
import { SECRET_WORD } from '../simulator/invariants/no-secret-in-trace.ts';
import { runWorld } from '../simulator/world.ts';
import { OtlpReceiver } from '../telemetry/otlp-receiver.ts';
import { walkConsole } from './console-surfaces.ts';
import { leaksOf, secretSpellings, type Surface } from './secret-spellings.ts';
import { until } from './until.ts';

function canary(name: string): string {
  return `canary-${name}-${randomBytes(12).toString('hex')}`;
}

/** Every field that takes a secret, and the canary that is in it: a new field without one fails the test below. */
const CANARY_IN: Readonly<Record<string, string>> = {
  'splunk_hec token': 'HEC token',
  'splunk_hec client_key_pem': 'client key',
  'splunk_hec redaction_key': 'redaction key',
  'sentinel_logs_ingestion client_secret': 'client secret of Azure',
  'sentinel_logs_ingestion certificate_pem': 'certificate of Azure',
  'sentinel_logs_ingestion private_key_pem': 'key of the certificate of Azure',
  'sentinel_logs_ingestion client_key_pem': 'client key',
  'sentinel_logs_ingestion redaction_key': 'redaction key',
  'sentinel_data_collector shared_key': 'shared key of Azure',
  'sentinel_data_collector client_key_pem': 'client key',
  'sentinel_data_collector redaction_key': 'redaction key',
  AEGIS_SIEM_KEY_FILE: 'master key',
  AEGIS_SIEM_MASTER_KEY: 'master key',
  AEGIS_SIEM_ADMIN_KEY_FILE: 'admin API key',
  AEGIS_SIEM_OIDC_CLIENT_SECRET_FILE: 'client secret of OIDC',
  AEGIS_SIEM_NOTICE_WEBHOOK_SECRET_FILE: 'webhook secret',
  AEGIS_SIEM_NOTICE_SMTP_PASSWORD_FILE: 'mail password',
};

it('every field that the schemas and settings call secret has a canary', (t) => {
  const credentials = Object.entries(DESTINATION_KINDS).flatMap(([type, { credentialsSchema }]) =>
    Object.entries(withCommonCredentials(credentialsSchema).properties)
      .filter(([, field]) => 'writeOnly' in field && field.writeOnly === true)
      .map(([field]) => `${type} ${field}`),
  );
  const settings = Object.values(SETTINGS)
    .filter(
      (setting) =>
        ('secret' in setting && setting.secret) || /_(?:KEY|SECRET|PASSWORD|TOKEN)_FILE$/.test(setting.name),
    )
    .map(({ name }) => name);
  assert.deepEqual([...credentials, ...settings].toSorted(), Object.keys(CANARY_IN).toSorted());
  t.diagnostic(`cases ${credentials.length + settings.length}`);
});

/** What a person asks for, again and again. */
const READS = [
  '/v1/siem/destinations',
  '/v1/siem/outbox',
  '/v1/siem/dead-letters',
  '/v1/siem/replays',
  '/v1/siem/overview',
  '/v1/audit',
  '/v1/api-keys',
  '/v1/siem/checkpoint-keys',
  '/openapi.json',
  '/metrics',
  '/readyz',
  '/v1/nowhere',
];
const COMMANDS: readonly (readonly string[])[] = [
  ['destinations', 'ls'],
  ['destinations', 'ls', '--json'],
  ['destinations', 'show', 'splunk', '--json'],
  ['destinations', 'test', 'echo'],
  ['outbox'],
  ['dead-letters', 'ls'],
  ['keys', 'checkpoint'],
  ['config', 'print'],
  ['doctor'],
];

const { browser, reason: noBrowser } = await openBrowser();
after(() => browser?.close());

for (const storeName of ['sqlite', 'postgres'] as const) {
  it(`no secret is anywhere but where it belongs (${storeName})`, { timeout: 300_000 }, async (t) => {
    const installation = new Installation();
    const servers = new LoopbackServers();
    const receiver = new OtlpReceiver();
    await receiver.listen();
    const splunk = await startFakeSplunk({ token: canary('hec') });
    const azure = await startFakeAzure({ clientSecret: canary('azure') });
    const postgres = storeName === 'postgres' ? await usePostgres() : undefined;
    let service: RunningService | undefined;
    t.after(async () => {
      await service?.stop();
      await Promise.all([splunk.close(), azure.close(), receiver.close(), servers[Symbol.asyncDispose]()]);
      await postgres?.close();
      installation.remove();
    });
    const secretFile = (name: string, text: string): string => {
      writeFileSync(installation.file(name), text, { mode: 0o600 });
      return installation.file(name);
    };
    const webhookSecret = randomBytes(24).toString('base64');
    const oidcSecret = canary('oidc');
    const mailPassword = canary('mail');
    const env = {
      AEGIS_SIEM_CHECKPOINT_SECONDS: '300',
      // Nobody listens there: what is said of it is what is looked at.
      AEGIS_SIEM_OIDC_ISSUER: 'http://127.0.0.1:1026',
      AEGIS_SIEM_OIDC_CLIENT_ID: 'aegis',
      AEGIS_SIEM_OIDC_CLIENT_SECRET_FILE: secretFile('oidc.secret-file', oidcSecret),
      AEGIS_SIEM_OIDC_GRANTS: '[{"claim":"groups","value":"soc","scopes":["destinations:read"]}]',
      AEGIS_SIEM_NOTICE_WEBHOOK_URL: 'http://127.0.0.1:1027/hook',
      AEGIS_SIEM_NOTICE_WEBHOOK_SECRET_FILE: secretFile('webhook.secret-file', `whsec_${webhookSecret}`),
      AEGIS_SIEM_NOTICE_SMTP_URL: 'smtp://aegis@127.0.0.1:1028',
      AEGIS_SIEM_NOTICE_SMTP_PASSWORD_FILE: secretFile('mail.secret-file', mailPassword),
      AEGIS_SIEM_NOTICE_MAIL_FROM: 'aegis@example.com',
      AEGIS_SIEM_NOTICE_MAIL_TO: 'soc@example.com',
      AEGIS_SIEM_OTLP_ENDPOINT: receiver.url,
      AEGIS_SIEM_KEY_FILE: installation.file('master-key'),
      AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key'),
      ...(postgres === undefined ? {} : { AEGIS_SIEM_STORE: postgres.url }),
    };
    // The pages are the same on both stores.
    const openedBrowser = storeName === 'sqlite' ? browser : undefined;
    if (openedBrowser !== undefined) await builtConsole();
    service = await installation.start(env);
    const { url } = service;
    const admin = installation.key();
    const ours = issueCertificate(makeAuthority('Ours'), { dnsName: 'sender.example.com' });
    const certified = selfSignedCertificate('sender.example.com');
    // A collector that repeats all that it was sent, and refuses.
    const echo = await servers.http((request, response) => {
      response.writeHead(400, { 'x-echo': String(request.headers.authorization) });
      response.end(JSON.stringify({ text: `You sent ${request.headers.authorization}`, code: 6 }));
    });
    const secrets: Record<string, string> = {
      'HEC token': splunk.token,
      'echoed token': canary('echo'),
      'redaction key': canary('redaction'),
      'client secret of Azure': azure.logsIngestion.credentials['client_secret'] as string,
      'shared key of Azure': azure.dataCollector.credentials['shared_key'] as string,
      'client key': ours.privateKeyPem.split('\n')[2] ?? '',
      'certificate of Azure': certified.certificatePem.split('\n')[2] ?? '',
      'key of the certificate of Azure': certified.privateKeyPem.split('\n')[3] ?? '',
      'client secret of OIDC': oidcSecret,
      'webhook secret': webhookSecret,
      'mail password': mailPassword,
      'token of a refused body': canary('refused'),
      'key that is none': canary('wrong'),
      'admin API key': admin.slice(-30),
      'master key': readFileSync(installation.file('master-key'), 'utf8').trim().split(/\s/).at(-1) ?? '',
    };
    const answers: Surface[] = [];
    const call = async (
      method: string,
      path: string,
      body?: object | string,
      key = admin,
    ): Promise<string> => {
      const reply = await callService(url, key, method, path, body);
      answers.push({
        name: `the answer to ${method} ${path}`,
        content: JSON.stringify(reply.headers) + reply.text,
      });
      return reply.text;
    };
    const make = async (name: string, type: string, config: object, credentials: object): Promise<string> => {
      const body = { name, workspace_id: WORKSPACE, type, config, credentials };
      const text = await call('POST', '/v1/siem/destinations', body);
      return (JSON.parse(text) as { destination_id: string }).destination_id;
    };

    const ids = [
      await make(
        'splunk',
        'splunk_hec',
        { url: splunk.url },
        { token: splunk.token, redaction_key: secrets['redaction key'] },
      ),
      await make(
        'echo',
        'splunk_hec',
        { url: `http://127.0.0.1:${echo}` },
        { token: secrets['echoed token'] },
      ),
      await make(
        'mutual',
        'splunk_hec',
        { url: 'https://127.0.0.1:1025', tls: { client_cert_pem: ours.certificatePem } },
        { token: splunk.token, client_key_pem: ours.privateKeyPem },
      ),
      await make(
        'sentinel',
        'sentinel_logs_ingestion',
        { ...azure.logsIngestion.config, tls: { client_cert_pem: ours.certificatePem } },
        { ...azure.logsIngestion.credentials, client_key_pem: ours.privateKeyPem },
      ),
      await make(
        'certified',
        'sentinel_logs_ingestion',
        { ...azure.logsIngestion.config, auth: 'certificate' },
        { certificate_pem: certified.certificatePem, private_key_pem: certified.privateKeyPem },
      ),
      await make(
        'legacy',
        'sentinel_data_collector',
        azure.dataCollector.config,
        azure.dataCollector.credentials,
      ),
    ];
    assert.ok(
      ids.every((id) => id !== undefined),
      answers.map(({ content }) => String(content)).join('\n'),
    );
    assert.deepEqual(
      Object.values(CANARY_IN).filter((name) => (secrets[name] ?? '') === ''),
      [],
    );
    await call('GET', '/v1/session/oidc/start');
    const made = JSON.parse(
      (
        await callService(url, admin, 'POST', '/v1/api-keys', {
          name: 'second',
          scopes: ['destinations:read'],
        })
      ).text,
    ) as { key: string };
    secrets['second API key'] = made.key.slice(-30);

    // What goes wrong: secrets where they do not belong, texts that cannot be read, keys that are none.
    const refused = secrets['token of a refused body'] ?? '';
    for (const body of [
      {
        name: 'x',
        workspace_id: WORKSPACE,
        type: 'splunk_hec',
        config: { url: splunk.url, token: refused },
        credentials: { token: refused },
      },
      {
        name: 'x',
        workspace_id: WORKSPACE,
        type: 'splunk_hec',
        config: { url: `https://u:${refused}@splunk.example.com` },
        credentials: { token: refused },
      },
      {
        name: 'x',
        workspace_id: WORKSPACE,
        type: 'splunk_hec',
        config: { url: splunk.url },
        credentials: { token: `${refused} x` },
      },
      {
        name: 'x',
        workspace_id: WORKSPACE,
        type: 'splunk_hec',
        config: { url: splunk.url },
        credentials: { token: [refused] },
      },
      `{"credentials":{"token":"${refused}"`,
    ])
      await call('POST', '/v1/siem/destinations', body);
    await call('GET', '/v1/audit', undefined, secrets['key that is none']);
    await call('GET', '/v1/audit', undefined, `${made.key}x`);

    const record = attestationText({ attestation_id: randomUUID(), workspace_id: WORKSPACE });
    await call('POST', '/v1/attestations', record);
    for (const id of ids) {
      await call('POST', `/v1/siem/destinations/${id}/test`, {});
      await call('POST', `/v1/siem/destinations/${id}/preview`, {
        attestation: JSON.parse(record) as object,
      });
    }
    await splunk.waitFor(2);
    await until(
      () => call('GET', `/v1/siem/destinations/${ids[1]}/attempts`),
      (text) => text.includes('"http_status"') || text.includes('"code"'),
    );
    for (const id of ids) {
      await call('PATCH', `/v1/siem/destinations/${id}`, { name: `renamed ${id}` });
      for (const part of ['', '/health', '/attempts'])
        await call('GET', `/v1/siem/destinations/${id}${part}`);
    }
    await call('PATCH', `/v1/siem/destinations/${ids[0]}`, { name: 'splunk' });
    await call('PATCH', `/v1/siem/destinations/${ids[1]}`, { name: 'echo' });
    for (const path of READS) await call('GET', path);
    const pages: Surface[] = [];
    if (openedBrowser !== undefined) {
      const attestationId = (JSON.parse(record) as { attestation_id: string }).attestation_id;
      const walked = await walkConsole(openedBrowser, {
        url,
        apiKey: admin,
        destinationIds: ids,
        attestationId,
      });
      pages.push(...walked.surfaces);
      secrets['session token'] = walked.sessionToken;
    } else if (storeName === 'sqlite') t.diagnostic(`left out: the pages of the console, ${noBrowser}`);
    const commands: Surface[] = [];
    for (const words of COMMANDS) {
      const more = { ...installation.env(env), AEGIS_SIEM_URL: url, AEGIS_SIEM_API_KEY: admin };
      const { out, error } = await runCommand(words, { env: more });
      commands.push({ name: `aegis-siem ${words.join(' ')}`, content: out + error });
    }
    const stored =
      postgres === undefined
        ? globSync(installation.file('aegis.db*')).map((file) => ({
            name: file,
            content: readFileSync(file),
          }))
        : await tablesOf(postgres.url);
    await service.stop();
    const files = globSync(installation.file('*'))
      .filter((file) => !/(?:master-key[^/]*|admin-key[^/]*|\.secret-file)$/.test(file))
      .map((file): Surface => ({
        name: `the file ${file.replace(/^.*\//, '')}`,
        content: readFileSync(file),
      }));
    const telemetry = receiver.texts.map((content, index): Surface => ({
      name: `export ${index + 1} of traces and metrics`,
      content,
    }));
    assert.ok(receiver.spans.length > 0 && receiver.metrics.length > 0, 'traces and metrics were exported');
    const surfaces: Surface[] = [
      ...pages,
      ...telemetry,
      { name: 'the log', content: installation.logs },
      ...answers,
      ...commands,
      ...stored,
      ...files,
    ];
    assert.ok(
      surfaces.every(({ content }) => content.length > 0) && surfaces.length > 50,
      `${surfaces.length}`,
    );
    assert.deepEqual(leaksOf(secrets, surfaces), []);
    const spellings = Object.values(secrets).reduce((sum, secret) => sum + secretSpellings(secret).length, 0);
    t.diagnostic(`cases ${spellings * surfaces.length}`);
    // A leak that is planted is found: by way of the log, the store's folder and an answer.
    const planted = Buffer.from(`x${splunk.token}`).toString('base64');
    writeFileSync(installation.file('planted'), planted);
    for (const surface of [
      { name: 'log', content: `${installation.logs}${encodeURIComponent(splunk.token)}` },
      { name: 'file', content: readFileSync(installation.file('planted')) },
      { name: 'answer', content: Buffer.from(splunk.token).toString('hex') },
    ])
      assert.ok(leaksOf(secrets, [surface]).length > 0, surface.name);
  });
}

it('no credential of a simulated world is in its trace, which tells of each send', async (t) => {
  const seeds = [1, 2, 3, 4, 5];
  const surfaces: Surface[] = [];
  for (const seed of seeds) {
    const { trace } = await runWorld(seed, { trace: true });
    assert.ok(
      trace.lines.some((line) => line.includes('send')),
      `world ${seed} sends`,
    );
    surfaces.push({ name: `the trace of world ${seed}`, content: trace.lines.join('\n') });
  }
  // The first token of each destination, in full; and the word that all of them begin with.
  const tokens = [0, 1, 2, 3].map((no) => `${SECRET_WORD}-${no}-0`.padEnd(12, '0'));
  const secrets = Object.fromEntries(tokens.map((token) => [token.replace(SECRET_WORD, 'token'), token]));
  assert.deepEqual(leaksOf(secrets, surfaces), []);
  assert.deepEqual(
    surfaces.filter(({ content }) => content.includes(SECRET_WORD)),
    [],
  );
  t.diagnostic(`cases ${surfaces.length * (tokens.length + 1)}`);
});

describe('the search for a secret', () => {
  const secret = 'canary-"é/+=-0123456789';
  for (const { name, text } of secretSpellings(secret)) {
    it(`finds it ${name}`, () => {
      const leaks = leaksOf({ it: secret }, [{ name: 'here', content: Buffer.from(`...${text}...`) }]);
      assert.ok(leaks.some((leak) => leak.includes(name)));
      assert.ok(leaks.every((leak) => !leak.includes(secret)));
    });
  }

  it('finds it inside of a whole that was encoded, wherever it begins', () => {
    for (const before of ['', 'a', 'ab', 'abc', 'abcd'])
      for (const encoding of ['base64', 'base64url', 'hex'] as const) {
        const content = Buffer.from(`${before}${secret} and more`).toString(encoding);
        assert.ok(leaksOf({ it: secret }, [{ name: 'here', content }]).length > 0, `${before} ${encoding}`);
      }
  });
});

/** Every row of every table, as PostgreSQL writes it. */
async function tablesOf(url: string): Promise<readonly Surface[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ table_name: string }>(
      "select table_name from information_schema.tables where table_schema = 'public' order by 1",
    );
    const surfaces: Surface[] = [];
    for (const { table_name: table } of rows) {
      const content = await client.query<{ row: string }>(
        `select to_jsonb(t)::text || t::text as row from ${escapeIdentifier(table)} t`,
      );
      const text = content.rows.map(({ row }) => row).join('\n');
      if (text !== '') surfaces.push({ name: `the table ${table}`, content: text });
    }
    return surfaces;
  } finally {
    await client.end();
  }
}
