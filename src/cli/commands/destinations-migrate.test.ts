/** From the old Sentinel API to a data collection rule, with the real service on both stores and a server that imitates Azure. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { callService } from '../../../test/api/call-service.ts';
import { Installation, record, WORKSPACE } from '../../../test/api/installation.ts';
import { type CommandResult, runCommand } from '../../../test/cli/run-command.ts';
import { type FakeAzure, startFakeAzure } from '../../../test/fake-azure/fake-azure.ts';
import { makeAuthority } from '../../../test/fake-splunk/test-certificates.ts';
import { usePostgres } from '../../../test/support/postgres.ts';
import type { JsonObject } from '../../json.ts';
import { asItems, asObject, cell } from '../output.ts';

const TLS = { ca_pem: makeAuthority('A proxy that inspects').certificatePem };
const REDACTION = [{ fields: ['session_id'], action: 'drop' }] as const;

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`on ${kind}: the twin is made, runs beside the old one, is compared and takes over`, async (t) => {
    const world = await startWorld(kind);
    t.after(() => world.close());
    const { azure, run, decide } = world;

    const noConfig = await run(['old']);
    assert.equal(noConfig.code, 2);
    assert.match(noConfig.error, /no "old-dcr" yet: --config/);

    // Nothing was recorded since: that is no agreement, and nothing is switched.
    const made = await run(['old', '--config', world.config, '--credentials', '-', '--switch'], world.secret);
    assert.equal(made.code, 1, made.error);
    assert.match(made.error, /made old-dcr.*\n.*\nits test event was taken\n/);
    assert.match(made.error, /not switched/);
    assert.match(made.out, /nothing to compare yet/);
    assert.ok(!`${made.out}${made.error}`.includes(azure.logsIngestion.credentials['client_secret'] ?? ''));
    const twin = await world.destination('old-dcr');
    assert.deepEqual(twin['redaction'], (await world.destination('old'))['redaction']);
    assert.equal(twin['type'], 'sentinel_logs_ingestion');
    assert.deepEqual(asObject(twin['config'])['tls'], TLS);
    assert.match(made.error, /it takes over the certificates of old \(tls\)/);

    // The rule refuses the sender: the old one runs ahead, and the switch is refused.
    azure.logsIngestion.grantRole(false);
    await decide(7);
    await azure.waitFor(7, 'data_collector');
    const behind = await run(['old', '--switch']);
    assert.equal(behind.code, 1, behind.error);
    assert.match(behind.out, /7 decisions wait for the twin/);
    assert.equal((await world.destination('old'))['state'], 'active');

    azure.logsIngestion.grantRole(true);
    await world.wake('old-dcr');
    const again = await run(['old', '--wait', '60', '--json']);
    assert.equal(again.code, 0, again.out);
    const answer = asObject(JSON.parse(again.out) as JsonObject);
    assert.deepEqual([answer['verdict'], answer['decisions'], answer['lacking']], ['agree', 7, []]);
    // What the command says is what stands in Azure.
    assert.equal(new Set(uids(azure, 'data_collector')).size, 7);
    assert.deepEqual(new Set(uids(azure, 'logs_ingestion')), new Set(uids(azure, 'data_collector')));

    const switched = await run(['old', '--switch']);
    assert.equal(switched.code, 0, switched.error);
    assert.match(switched.out, /old: disabled\n$/);
    await decide(3);
    const rest = await run(['old', '--wait', '60', '--switch', '--remove', '--json']);
    assert.equal(rest.code, 0, rest.error);
    const last = asObject(JSON.parse(rest.out) as JsonObject);
    assert.deepEqual(asObject(last['old'])['state'], 'deleted');
    assert.equal(new Set(uids(azure, 'data_collector')).size, 7);
    assert.equal((await run(['old'])).code, 1);
  });
}

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`on ${kind}: --backfill-from gives the twin what was recorded before it, and that is compared too`, async (t) => {
    const world = await startWorld(kind);
    t.after(() => world.close());
    const { azure, run, decide } = world;
    await decide(3);
    const from = new Date().toISOString();
    await decide(5);
    await azure.waitFor(8, 'data_collector');

    const refused = await run(
      ['old', '--config', world.config, '--credentials', '-', '--backfill-from', 'last week'],
      world.secret,
    );
    assert.equal(refused.code, 1, refused.error);
    assert.match(refused.error, /backfill_from/);
    const made = await run(
      ['old', '--config', world.config, '--credentials', '-', '--backfill-from', from],
      world.secret,
    );
    assert.match(made.error, /made old-dcr/);
    await decide(2);
    const compared = await run(['old', '--since', from, '--wait', '60', '--json']);
    assert.equal(compared.code, 0, compared.out);
    const answer = asObject(JSON.parse(compared.out) as JsonObject);
    assert.deepEqual([answer['verdict'], answer['decisions'], answer['lacking']], ['agree', 7, []]);
    // The three from before that time are the old one's alone.
    assert.equal(new Set(uids(azure, 'logs_ingestion')).size, 7);
    assert.equal(new Set(uids(azure, 'data_collector')).size, 10);
  });
}

test('an old API that answers no more does not hold the move up, and what it lacks is deleted in two steps', async (t) => {
  const world = await startWorld('sqlite');
  t.after(() => world.close());
  const { azure, run, decide } = world;
  azure.dataCollector.changeSharedKey(Buffer.alloc(64).toString('base64'));
  const before = new Date().toISOString();
  await decide(4);

  const made = await run(['old', '--config', world.config, '--credentials', '-'], world.secret);
  assert.equal(made.code, 1);
  assert.match(made.out, /still waits with decisions from .* before the twin began/);

  const twin = await world.destination('old-dcr');
  const replay = await world.call('POST', '/v1/siem/replays', {
    destination_id: twin['destination_id'] ?? null,
    from: before,
    reason: 'moved',
  });
  assert.equal(replay.status, 201, replay.text);
  await azure.waitFor(4 + 1, 'logs_ingestion');
  const compared = await world.untilWord(['old', '--since', before], 'old_behind');
  assert.match(compared.out, /the old destination lacks 4 of them/);

  const unasked = await run(['old', '--since', before, '--switch', '--remove']);
  assert.equal(unasked.code, 2);
  assert.match(unasked.error, /4 deliveries and 0 dead letters would be skipped.*--yes/);
  const done = await run(['old', '--since', before, '--switch', '--remove', '--yes']);
  assert.equal(done.code, 0, done.error);
  assert.match(done.out, /old: deleted\n$/);
});

test('a destination of another type is refused by name', async (t) => {
  const world = await startWorld('sqlite');
  t.after(() => world.close());
  const made = await world.run(['old', '--config', world.config, '--credentials', '-'], world.secret);
  assert.match(made.error, /made old-dcr/);
  const result = await world.run(['old-dcr']);
  assert.equal(result.code, 1);
  assert.match(result.error, /"old-dcr" is of type sentinel_logs_ingestion/);
  const taken = await world.run(['old', '--name', 'old']);
  assert.match(taken.error, /give the twin another name with --name/);
  assert.equal((await world.run(['old', '--remove'])).code, 2);
  assert.equal((await world.run(['old', '--wait', 'long'])).code, 2);
});

function uids(azure: FakeAzure, table: 'data_collector' | 'logs_ingestion'): readonly string[] {
  return azure
    .events(table)
    .filter((event) => event['class_uid'] !== undefined && !JSON.stringify(event).includes('"test"'))
    .map((event) => cell(asObject(event['metadata'])['uid']));
}

async function startWorld(kind: 'sqlite' | 'postgres') {
  const installation = new Installation();
  const azure = await startFakeAzure({});
  const postgres = kind === 'postgres' ? await usePostgres() : undefined;
  const service = await installation.start(
    postgres === undefined
      ? {}
      : { AEGIS_SIEM_STORE: postgres.url, AEGIS_SIEM_KEY_FILE: installation.file('master-key') },
  );
  const key =
    postgres === undefined ? installation.key() : (/^aegis_\S+$/m.exec(installation.printed)?.[0] ?? '');
  const config = installation.file('sentinel.json');
  writeFileSync(config, JSON.stringify(azure.logsIngestion.config));
  const call = (method: string, path: string, body?: JsonObject) =>
    callService(service.url, key, method, path, body);
  const made = await call('POST', '/v1/siem/destinations', {
    name: 'old',
    workspace_id: WORKSPACE,
    type: 'sentinel_data_collector',
    config: { ...azure.dataCollector.config, tls: TLS },
    credentials: azure.dataCollector.credentials,
    redaction: REDACTION,
    // Without the events of its own making, so that what arrives can be counted.
    sources: ['attestations'],
  });
  assert.equal(made.status, 201, made.text);
  let seed = 0;
  const destination = async (name: string): Promise<JsonObject> => {
    const { text } = await call('GET', '/v1/siem/destinations');
    return (
      asItems(asObject(JSON.parse(text) as JsonObject)['items']).find((item) => item['name'] === name) ?? {}
    );
  };
  const run = (argv: readonly string[], stdin?: string): Promise<CommandResult> =>
    runCommand(['destinations', 'migrate', ...argv], {
      env: { AEGIS_SIEM_URL: service.url, AEGIS_SIEM_API_KEY: key },
      ...(stdin === undefined ? {} : { stdin }),
    });
  return {
    azure,
    config,
    secret: JSON.stringify(azure.logsIngestion.credentials),
    run,
    call,
    destination,
    decide: (count: number) => record(service.url, key, (seed += 1), count),
    /** Whoever changes something is tried again at once. */
    wake: async (name: string) => {
      const { destination_id: id } = await destination(name);
      await call('PATCH', `/v1/siem/destinations/${cell(id)}`, { name });
    },
    /** A receipt is written a moment after the rows stand in Azure. */
    untilWord: async (argv: readonly string[], word: string): Promise<CommandResult> => {
      for (let look = 0; look < 100; look += 1) {
        const { out } = await run([...argv, '--json']);
        if (asObject(JSON.parse(out) as JsonObject)['verdict'] === word) break;
      }
      return run(argv);
    },
    close: async () => {
      await service.stop();
      await azure.close();
      await postgres?.close();
      installation.remove();
    },
  };
}
