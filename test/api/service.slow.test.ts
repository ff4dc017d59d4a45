import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { usePostgres } from '../support/postgres.ts';
import { callService } from './call-service.ts';
import { addSplunk, Installation, record, startErrorOf, uidsOf } from './installation.ts';

test('killed in the middle and started again, it delivers everything that was acknowledged', async () => {
  const installation = new Installation();
  const receiver = await startFakeSplunk({});
  const run = async (): Promise<{ readonly child: ChildProcess; readonly url: string }> => {
    const child = fork(path.join(import.meta.dirname, 'service-child.ts'), {
      env: { ...installation.env(), AEGIS_SIEM_LOG_LEVEL: 'silent' },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const [message] = (await once(child, 'message')) as [{ url: string }];
    return { child, url: message.url };
  };
  const first = await run();
  const key = installation.key();
  await addSplunk(first.url, key, receiver);
  receiver.answerAlways(9);
  const ids = await record(first.url, key, 2, 300);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  receiver.answerAlways(undefined);
  const second = await run();
  await receiver.waitFor(ids.length, 60_000);
  assert.deepEqual([...new Set(uidsOf(receiver))].toSorted(), ids.toSorted());
  second.child.kill('SIGTERM');
  const [code] = (await once(second.child, 'exit')) as [number | null];
  assert.equal(code, 0);
  await receiver.close();
  installation.remove();
});

test('on PostgreSQL it needs a key file, prints the first key only, and delivers', async () => {
  const postgres = await usePostgres();
  const installation = new Installation();
  const receiver = await startFakeSplunk({});
  const store = { AEGIS_SIEM_STORE: postgres.url };
  await assert.rejects(
    installation.start(store),
    startErrorOf('key_file_required', /AEGIS_SIEM_KEY_FILE .*must be set/),
  );
  const keyFile = installation.file('keys/master');
  const service = await installation.start({ ...store, AEGIS_SIEM_KEY_FILE: keyFile });
  assert.equal(statSync(keyFile).mode & 0o777, 0o600);
  const key = /^aegis_\S+$/m.exec(installation.printed)?.[0] ?? '';
  await addSplunk(service.url, key, receiver);
  const ids = await record(service.url, key, 4, 40);
  await receiver.waitFor(ids.length);
  assert.deepEqual(uidsOf(receiver).toSorted(), ids.toSorted());
  const ready = await callService(service.url, key, 'GET', '/readyz');
  assert.equal(ready.status, 200);
  await service.stop();
  await receiver.close();
  await postgres.close();
  installation.remove();
});
