/** Over the API and both stores: a new token beside the old one, refused first, taken later, and the ends that are known. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JsonObject } from '../../src/json.ts';
import { callService } from '../api/call-service.ts';
import { addSplunk, Installation, record, uidsOf, WORKSPACE } from '../api/installation.ts';
import { runCommand } from '../cli/run-command.ts';
import { startFakeAzure } from '../fake-azure/fake-azure.ts';
import { startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { usePostgres } from '../support/postgres.ts';

const NEW_TOKEN = '00000000-0000-4000-8000-0000000000ee';
const DAY_MS = 86_400_000;

let postgres: Awaited<ReturnType<typeof usePostgres>>;
before(async () => {
  postgres = await usePostgres();
});
after(() => postgres.close());

/** A SIEM whose destination gets new credentials, which it refuses until it is told of them. */
interface Way extends AsyncDisposable {
  readonly body: JsonObject;
  readonly field: string;
  readonly newSecret: string;
  /** From now on the new ones are right, and the old ones wrong. */
  change(): void;
  waitFor(count: number): Promise<void>;
  uids(): readonly string[];
}

const WAYS: Readonly<Record<string, () => Promise<Way>>> = {
  'Splunk HEC': async () => {
    const splunk = await startFakeSplunk({});
    return {
      body: { type: 'splunk_hec', config: { url: splunk.url }, credentials: { token: splunk.token } },
      field: 'token',
      newSecret: NEW_TOKEN,
      change: () => splunk.changeToken(NEW_TOKEN),
      waitFor: (count) => splunk.waitFor(count),
      uids: () => uidsOf(splunk),
      [Symbol.asyncDispose]: () => splunk.close(),
    };
  },
  'Logs Ingestion': async () => {
    const azure = await startFakeAzure();
    const newSecret = 'the next secret of the application';
    return {
      body: {
        type: 'sentinel_logs_ingestion',
        config: azure.logsIngestion.config,
        credentials: azure.logsIngestion.credentials,
      },
      field: 'client_secret',
      newSecret,
      change: () => {
        azure.tokens.changeSecret(newSecret);
        // A token that the old secret got would serve for its hour.
        azure.tokens.revokeTokens();
      },
      waitFor: (count) => azure.waitFor(count),
      uids: () => azure.events().map(uidOf),
      [Symbol.asyncDispose]: () => azure.close(),
    };
  },
  'Data Collector': async () => {
    const azure = await startFakeAzure();
    const newSecret = Buffer.alloc(64, 7).toString('base64');
    return {
      body: {
        type: 'sentinel_data_collector',
        config: azure.dataCollector.config,
        credentials: azure.dataCollector.credentials,
      },
      field: 'shared_key',
      newSecret,
      change: () => azure.dataCollector.changeSharedKey(newSecret),
      waitFor: (count) => azure.waitFor(count),
      uids: () => azure.events().map(uidOf),
      [Symbol.asyncDispose]: () => azure.close(),
    };
  },
};

function uidOf(event: JsonObject): string {
  return (event['metadata'] as { uid: string }).uid;
}

for (const storeName of ['SQLite', 'PostgreSQL']) {
  for (const [what, begin] of Object.entries(WAYS)) {
    test(
      `new credentials of ${what} wait beside the old ones until they have delivered (${storeName})`,
      {
        timeout: 120_000,
      },
      async (t) => {
        const siem = await begin();
        const installation = new Installation();
        const service = await installation.start(
          storeName === 'SQLite'
            ? {}
            : {
                AEGIS_SIEM_STORE: await postgres.newDatabase(),
                AEGIS_SIEM_KEY_FILE: installation.file('master-key'),
                AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key'),
              },
        );
        t.after(async () => {
          await service.stop();
          await siem[Symbol.asyncDispose]();
          installation.remove();
        });
        const { field, newSecret } = siem;
        const key = installation.key();
        const made = await callService(service.url, key, 'POST', '/v1/siem/destinations', {
          name: 'siem',
          workspace_id: WORKSPACE,
          sources: ['attestations', 'external'],
          ...siem.body,
        });
        assert.equal(made.status, 201, made.text);
        const path = `/v1/siem/destinations/${made.body.destination_id}`;
        const call = (method: string, body?: object) => callService(service.url, key, method, path, body);
        const oldPrint = (await call('GET')).body.credentials[field]?.fingerprint;

        const endsAt = new Date(Date.now() + 5 * DAY_MS).toISOString();
        const set = await call('PATCH', {
          next_credentials: { [field]: newSecret },
          next_credentials_expire_at: endsAt,
        });
        assert.equal(set.status, 200, set.text);
        assert.equal(set.body.credentials[field]?.fingerprint, oldPrint);
        const newPrint = set.body.next_credentials?.credentials[field]?.fingerprint;
        assert.notEqual(newPrint, oldPrint);
        assert.equal(set.body.next_credentials?.refused_at, null);

        const first = await record(service.url, key, 1, 10);
        await siem.waitFor(first.length);
        const refused = await until(call, (body) => body.next_credentials?.refused_at !== null);
        assert.equal(refused.credentials[field]?.fingerprint, oldPrint, 'the old one is in use');
        assert.equal(refused.health.state, 'healthy', 'delivery is not held');
        assert.match(refused.next_credentials?.refused_message ?? '', /.{10}/);

        siem.change();
        const second = await record(service.url, key, 2, 10);
        await siem.waitFor(first.length + second.length);
        const taken = await until(call, (body) => body.next_credentials === null);
        assert.equal(taken.credentials[field]?.fingerprint, newPrint);
        assert.equal(taken.credentials_expire_at, endsAt);
        assert.deepEqual(new Set(siem.uids()), new Set([...first, ...second]));
        assert.equal(siem.uids().length, 20, 'and none twice');

        const audit = await callService(service.url, key, 'GET', '/v1/audit?limit=50');
        const actions = audit.body.items
          .filter(({ actor }) => actor === 'delivery')
          .map(({ action }) => action);
        assert.deepEqual(actions, ['credential.taken_over', 'credential.refused']);
        assert.ok(!audit.text.includes(newSecret) && !installation.logs.includes(newSecret));
        assert.match(
          installation.logs,
          /The new credentials were refused; delivery goes on with the old ones/,
        );
        const metrics = await callService(service.url, key, 'GET', '/metrics');
        const seconds = /aegis_siem_credential_expiry_seconds\{[^}]*\} (?<value>[\d.]+)/.exec(metrics.text);
        const left = Number(seconds?.groups?.['value']);
        assert.ok(left > 4 * 86_400 && left < 5 * 86_400, metrics.text.slice(0, 200));
      },
    );
  }
}

test('what waits is taken back, dropped by a change of the credentials or address, and refused where it makes no sense', async (t) => {
  const splunk = await startFakeSplunk({});
  const installation = new Installation();
  const service = await installation.start({ AEGIS_SIEM_WORKER: 'off' });
  t.after(async () => {
    await service.stop();
    await splunk.close();
    installation.remove();
  });
  const key = installation.key();
  const id = await addSplunk(service.url, key, splunk);
  const patch = (body: object) => callService(service.url, key, 'PATCH', `/v1/siem/destinations/${id}`, body);
  const token = NEW_TOKEN;
  for (const [wrong, pointer] of [
    [{ next_credentials: {} }, '/next_credentials'],
    [{ next_credentials: { redaction_key: 'k'.repeat(40) } }, '/next_credentials/redaction_key'],
    [{ next_credentials: { client_key_pem: 'x' } }, '/next_credentials/client_key_pem'],
    [{ next_credentials: { token: null } }, '/next_credentials/token'],
    [{ next_credentials: { token }, credentials: { token } }, '/next_credentials'],
    [{ next_credentials_expire_at: '2030-01-01T00:00:00Z' }, '/next_credentials_expire_at'],
    [{ next_credentials: { token }, next_credentials_expire_at: 'soon' }, '/next_credentials_expire_at'],
    [{ credentials_expire_at: 'never' }, '/credentials_expire_at'],
  ] as const) {
    const answer = await patch(wrong);
    assert.equal(answer.status, 422, `${JSON.stringify(wrong)}: ${answer.text}`);
    assert.equal(answer.body.pointer, pointer, answer.text);
    assert.ok(!answer.text.includes(NEW_TOKEN));
  }
  const spaced = await patch({ next_credentials: { token: 'a token with spaces' } });
  assert.equal(spaced.status, 422, 'held against the rules of the type, as the old ones are');

  const waiting = async (): Promise<boolean> =>
    (await callService(service.url, key, 'GET', `/v1/siem/destinations/${id}`)).body.next_credentials !==
    null;
  const env = { AEGIS_SIEM_URL: service.url, AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key') };
  const rotate = (...args: readonly string[]) =>
    runCommand(['destinations', 'rotate', 'splunk', ...args], { env, stdin: JSON.stringify({ token }) });
  const set = await rotate('--credentials', '-', '--expires-at', '2030-01-01T00:00:00Z');
  assert.equal(set.code, 0, set.error);
  assert.ok(await waiting());
  assert.equal((await rotate('--cancel')).code, 0);
  assert.ok(!(await waiting()));

  await rotate('--credentials', '-');
  assert.equal((await patch({ name: 'renamed' })).status, 200);
  assert.ok(await waiting(), 'another setting leaves it alone');
  assert.equal((await patch({ credentials_expire_at: '2031-01-01T00:00:00Z' })).status, 200);
  assert.ok(await waiting());
  const replaced = await patch({ credentials: { token: '00000000-0000-4000-8000-0000000000dd' } });
  assert.equal(replaced.body.next_credentials, null);
  assert.equal(replaced.body.credentials_expire_at, null, 'new credentials have no known end');

  await patch({ next_credentials: { token } });
  const moved = await patch({ config: { url: splunk.url.replace(/:\d+$/, ':1024') } });
  assert.equal(moved.status, 422);
  assert.equal(moved.body.code, 'credentials_required');
  assert.deepEqual(moved.body.fields, ['token'], 'what waits is not asked for, and does not go along');
  const movedWith = await patch({
    config: { url: splunk.url.replace(/:\d+$/, ':1024') },
    credentials: { token },
  });
  assert.equal(movedWith.status, 200, movedWith.text);
  assert.ok(!(await waiting()));
});

type Answer = Awaited<ReturnType<typeof callService>>;

async function until(
  call: (method: string) => Promise<Answer>,
  holds: (body: Answer['body']) => boolean,
): Promise<Answer['body']> {
  for (;;) {
    const { body } = await call('GET');
    if (holds(body)) return body;
  }
}
