/** What only a real process shows of OpenTelemetry: packages that are not there, an end that is not held up, a worker's own spans. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { startWorker } from '../../src/start-worker.ts';
import { addSplunk, Installation, record } from '../api/installation.ts';
import { spawnCommand } from '../cli/run-command.ts';
import { startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { usePostgres } from '../support/postgres.ts';
import { startServiceProcess } from '../support/service-process.ts';
import { attribute, OtlpReceiver } from './otlp-receiver.ts';

/** Without OpenTelemetry's packages, as most installations are; prom-client brings its API package along. */
const WITHOUT_PACKAGES = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      if (!/^@opentelemetry\\/(?!api$)/.test(specifier)) return next(specifier, context);
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    },
  });
`)}`;
const WITHIN_MS = 20_000;
/** Flush, the last try of the exporter, and a machine that is busy with other things. */
const END_WITHIN_MS = 10_000;

let installation: Installation | undefined;
afterEach(() => installation?.remove());

test('without the packages serve is refused in one line where they are asked for, and starts where they are not', async () => {
  installation = new Installation();
  const env = { NODE_OPTIONS: `--import "${WITHOUT_PACKAGES}"`, AEGIS_SIEM_LOG_LEVEL: 'silent' };
  const refused = await spawnCommand(['serve', '--otlp-endpoint', 'http://127.0.0.1:1', '--port', '0'], {
    env: { ...env, AEGIS_SIEM_STORE: `sqlite:${installation.file('aegis.db')}` },
  });
  assert.equal(refused.code, 3, refused.error);
  assert.match(
    refused.error,
    /AEGIS_SIEM_OTLP_ENDPOINT: the OpenTelemetry packages are not installed; run "npm install /,
  );
  assert.doesNotMatch(refused.error, /\n {4}at /, 'no stack');
  const service = await startServiceProcess({ folder: installation.folder, env });
  assert.equal((await service.call('GET', '/healthz')).status, 200);
  assert.equal(await service.end(), 0);
});

test('a process whose receiver never answers ends with 0 when it is told to, soon', async () => {
  installation = new Installation();
  const deaf = new OtlpReceiver();
  deaf.answer = 'hang';
  const service = await startServiceProcess({
    folder: installation.folder,
    env: { AEGIS_SIEM_OTLP_ENDPOINT: await deaf.listen() },
  });
  assert.equal((await service.call('GET', '/v1/siem/destinations')).status, 200);
  const stopping = Date.now();
  assert.equal(await service.end(), 0);
  assert.ok(Date.now() - stopping < END_WITHIN_MS, `${Date.now() - stopping} ms`);
  assert.ok(deaf.requests > 0, 'it was tried');
  await deaf.close();
});

test('a process that only delivers, on PostgreSQL, tells of its batches under a name of its own', async () => {
  installation = new Installation();
  const receiver = new OtlpReceiver();
  const splunk = await startFakeSplunk();
  const url = await receiver.listen();
  const postgres = await usePostgres();
  const onPostgres = {
    AEGIS_SIEM_STORE: postgres.url,
    AEGIS_SIEM_KEY_FILE: installation.file('master-key'),
    AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key'),
  };
  const service = await installation.start({ ...onPostgres, AEGIS_SIEM_WORKER: 'off' });
  await addSplunk(service.url, installation.key(), splunk);
  await record(service.url, installation.key(), 21, 40);
  const worker = await startWorker(installation.settings({ ...onPostgres, AEGIS_SIEM_OTLP_ENDPOINT: url }), {
    logger: pino({ level: 'silent' }),
  });
  const deadline = Date.now() + WITHIN_MS;
  while (splunk.events().length < 40 && Date.now() < deadline) await pause(20);
  await worker.stop();
  await service.stop();
  await Promise.all([splunk.close(), receiver.close(), postgres.close()]);
  assert.equal(splunk.events().length, 40);
  assert.equal(receiver.resourceAttributes.get('aegis_siem.role')?.stringValue, 'worker');
  const delivered = receiver
    .named('aegis_siem.batch')
    .map((span) => Number(attribute(span, 'aegis_siem.batch.delivered')));
  assert.equal(
    delivered.reduce((sum, count) => sum + count, 0),
    40,
    'each event is in one batch that is told',
  );
  assert.ok(
    receiver.spans.every(({ name }) => name.startsWith('aegis_siem.')),
    'no requests',
  );
});
