import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { pino } from 'pino';
import { startWorker } from '../../src/start-worker.ts';
import { SYSTEM_FREE_BYTES } from '../../src/store/sqlite/disk-reserve.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { callService } from './call-service.ts';
import { addSplunk, Installation, record, startErrorOf, uidsOf, WORKSPACE } from './installation.ts';

describe('the service', () => {
  let splunk: FakeSplunk;
  before(async () => {
    splunk = await startFakeSplunk({});
  });
  after(() => splunk.close());

  test('records over the API, delivers from its thread, tells the story, and stops', async () => {
    const installation = new Installation();
    const service = await installation.start();
    const key = installation.key();
    assert.equal(statSync(installation.file('admin-key')).mode & 0o777, 0o600);
    assert.ok(installation.printed.includes(key));
    const destination = await addSplunk(service.url, key, splunk);
    const verdict = await callService(
      service.url,
      key,
      'POST',
      `/v1/siem/destinations/${destination}/test`,
      {},
    );
    assert.deepEqual([verdict.status, verdict.body.verdict], [200, 'delivered'], verdict.text);
    const ids = await record(service.url, key, 1, 50);
    await splunk.waitFor(51);
    assert.deepEqual(uidsOf(splunk).slice(1).toSorted(), ids.toSorted());
    const story = await callService(service.url, key, 'GET', `/v1/attestations/${ids[0]}`);
    assert.ok(['delivered', 'in_flight'].includes(story.body.deliveries[0]?.status ?? ''), story.text);
    const metrics = await callService(service.url, key, 'GET', '/metrics');
    assert.match(metrics.text, /aegis_siem_records_total\{kind="attestation",status="recorded"\} 50/);
    assert.match(
      metrics.text,
      new RegExp(`aegis_siem_outbox_open_rows\\{destination="${destination}",name="splunk"\\}`),
    );
    await service.stop();
    await service.stop();
    for (const secret of [
      key,
      splunk.token,
      readFileSync(installation.file('master-key'), 'utf8').split(' ').at(-1) ?? '',
    ]) {
      assert.ok(!installation.logs.includes(secret.trim()), 'no secret in the log');
    }
    assert.ok(!readFileSync(installation.file('aegis.db')).includes(splunk.token));

    const again = await installation.start();
    assert.equal(installation.printed.match(/aegis_/g)?.length, 1, 'the key is shown once');
    const list = await callService(again.url, key, 'GET', '/v1/siem/destinations');
    assert.equal(list.body.items.length, 1);
    await again.stop();
    installation.remove();
  });

  test('a wrong token is a named verdict with advice; the reply of the other side is not shown', async () => {
    const installation = new Installation();
    const service = await installation.start();
    const key = installation.key();
    const id = await addSplunk(service.url, key, splunk);
    const changed = await callService(service.url, key, 'PATCH', `/v1/siem/destinations/${id}`, {
      credentials: { token: 'b'.repeat(36) },
    });
    assert.equal(changed.status, 200, changed.text);
    const verdict = await callService(service.url, key, 'POST', `/v1/siem/destinations/${id}/test`);
    assert.match(verdict.text, /"ok":false/);
    assert.notEqual(verdict.body.verdict, 'configuration');
    assert.match(verdict.text, /"advice":"[^"]{10,}/);
    assert.ok(!/Invalid token/.test(verdict.text), verdict.text);
    await service.stop();
    installation.remove();
  });

  test('without a worker nothing is sent; a worker beside it sends', async () => {
    const installation = new Installation();
    const receiver = await startFakeSplunk({});
    const service = await installation.start({ AEGIS_SIEM_WORKER: 'off' });
    const key = installation.key();
    await addSplunk(service.url, key, receiver);
    const ids = await record(service.url, key, 3, 5);
    assert.equal(receiver.requests().length, 0);
    const worker = await startWorker(installation.settings(), { logger: pino({ level: 'silent' }) });
    await receiver.waitFor(ids.length);
    await worker.stop();
    await service.stop();
    await receiver.close();
    installation.remove();
  });
});

const BIGGEST_RESERVE_BYTES = 1024 ** 4;

test(
  'with the disk full but for its reserve, recording answers 503 with Retry-After and the rest works on',
  {
    skip:
      Number(SYSTEM_FREE_BYTES(tmpdir())) > BIGGEST_RESERVE_BYTES
        ? 'more is free here than the biggest reserve'
        : false,
  },
  async () => {
    const installation = new Installation();
    const service = await installation.start({
      AEGIS_SIEM_DISK_RESERVE_BYTES: String(BIGGEST_RESERVE_BYTES),
    });
    const key = installation.key();
    const [text = ''] = generateAttestations({ seed: 1, count: 1, workspaceId: WORKSPACE });
    const refused = await callService(service.url, key, 'POST', '/v1/attestations', text);
    assert.equal(refused.status, 503, refused.text);
    assert.match(refused.text, /"code":"store_unavailable"/);
    assert.match(refused.text, /"reason":"disk_reserve"/);
    assert.ok(Number(refused.headers['retry-after']) > 0);
    assert.match(installation.logs, /nearly full/);
    assert.equal((await callService(service.url, key, 'GET', '/v1/siem/destinations')).status, 200);
    await service.stop();
    installation.remove();
  },
);

describe('a start that cannot be', () => {
  let installation: Installation;
  before(async () => {
    installation = new Installation();
    const service = await installation.start({ AEGIS_SIEM_WORKER: 'off' });
    const made = await callService(service.url, installation.key(), 'POST', '/v1/siem/destinations', {
      name: 'sealed',
      workspace_id: WORKSPACE,
      type: 'splunk_hec',
      config: { url: 'https://splunk.example.com:8088' },
      credentials: { token: 'a'.repeat(36) },
    });
    assert.equal(made.status, 201, made.text);
    await service.stop();
  });
  after(() => installation.remove());

  test('names the port that is in use, and leaves nothing running', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await assert.rejects(
      installation.start({ AEGIS_SIEM_PORT: String(port) }),
      startErrorOf('port_in_use', new RegExp(`AEGIS_SIEM_PORT: ${port} .*in use`)),
    );
    taken.close();
    const service = await installation.start({ AEGIS_SIEM_WORKER: 'off' });
    await service.stop();
  });

  test('stops at an address that is not of this machine', async () => {
    await assert.rejects(
      installation.start({ AEGIS_SIEM_HOST: '192.0.2.1' }),
      startErrorOf('address_unusable', /192\.0\.2\.1/),
    );
  });

  test('stops when the key file is gone and credentials are sealed with it, and makes no new one', async () => {
    const elsewhere = installation.file('other-key');
    await assert.rejects(
      installation.start({ AEGIS_SIEM_KEY_FILE: elsewhere }),
      startErrorOf('key_missing', /other-key is not there.*sealed with \S+/),
    );
    assert.equal(existsSync(elsewhere), false);
  });

  test('names the key id that another key file lacks', async () => {
    const fresh = new Installation();
    const service = await fresh.start({ AEGIS_SIEM_WORKER: 'off' });
    await service.stop();
    await assert.rejects(
      installation.start({ AEGIS_SIEM_KEY_FILE: fresh.file('master-key') }),
      startErrorOf('key_missing', /lacks \S+/),
    );
    fresh.remove();
  });

  test('says what is wrong with a broken key file, and shows nothing of it', async () => {
    const broken = installation.file('broken-key');
    writeFileSync(broken, 'k1 hunter2hunter2\n', { mode: 0o600 });
    await assert.rejects(
      installation.start({ AEGIS_SIEM_KEY_FILE: broken }),
      (error) =>
        startErrorOf('key_file_unusable', /broken-key cannot be used/)(error) &&
        !String(error).includes('hunter2'),
    );
  });

  test('does not touch a store of a newer release, or a file that is none', async () => {
    const newer = new Installation();
    const service = await newer.start({ AEGIS_SIEM_WORKER: 'off' });
    await service.stop();
    const database = new DatabaseSync(newer.file('aegis.db'));
    const [table] = database.prepare("select name from sqlite_schema where name = 'aegis_siem_schema'").all();
    assert.ok(table !== undefined);
    database.exec(
      "insert into aegis_siem_schema (version, name, applied_at) values (999, '999-future.sql', 0)",
    );
    database.close();
    await assert.rejects(newer.start(), startErrorOf('store_unusable', /schema version 999/));
    writeFileSync(newer.file('text.db'), 'this is no database, it is a text of some length. '.repeat(100));
    await assert.rejects(
      newer.start({ AEGIS_SIEM_STORE: `sqlite:${newer.file('text.db')}` }),
      startErrorOf('store_unusable', /not a database/),
    );
    newer.remove();
  });
});
