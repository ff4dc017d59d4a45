import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import {
  createKeyFile,
  openStore,
  recordAttestation,
  startDelivery,
  type StartDeliveryOptions,
} from '../../src/library.ts';
import { startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { callService } from './call-service.ts';
import { addSplunk, Installation, uidsOf, WORKSPACE } from './installation.ts';

test("an embedder records in his own transaction, and the library's delivery sends it; a rolled back one is not sent", async () => {
  const installation = new Installation();
  const splunk = await startFakeSplunk({});
  // The destination is made over the API, as an operator would; the service then goes.
  const service = await installation.start({ AEGIS_SIEM_WORKER: 'off' });
  await addSplunk(service.url, installation.key(), splunk);
  assert.equal((await callService(service.url, installation.key(), 'GET', '/readyz')).status, 200);
  await service.stop();

  const store = await openStore(`sqlite:${installation.file('aegis.db')}`, {
    sidecarPath: installation.file('aegis.db.epochs.json'),
  });
  const warnings: string[] = [];
  const log = (_fields: object, message: string): void => void warnings.push(message);
  const delivery = await startDelivery(store, {
    keys: installation.file('master-key'),
    egressAllow: 'http+127.0.0.1/32:1024-65535',
    logger: { info: () => undefined, warn: log, error: log },
  });
  const [kept = '', dropped = ''] = generateAttestations({ seed: 5, count: 2, workspaceId: WORKSPACE });
  const own = new DatabaseSync(installation.file('aegis.db'), { timeout: 5_000 });
  own.exec('begin immediate');
  assert.equal((await recordAttestation(own, dropped)).status, 'recorded');
  own.exec('rollback');
  own.exec('begin immediate');
  const result = await recordAttestation(own, kept);
  own.exec('commit');
  assert.equal(result.status, 'recorded');
  await splunk.waitFor(1);
  assert.deepEqual(uidsOf(splunk), [(JSON.parse(kept) as { attestation_id: string }).attestation_id]);
  await delivery.stop();
  const codes = splunk.events().map(({ event }) => (event['metadata'] as { event_code?: string }).event_code);
  assert.deepEqual(codes.slice(1), ['stream.checkpoint'], 'the stop says the last word, signed');
  assert.deepEqual(warnings, []);
  own.close();
  await store.close();
  await splunk.close();
  installation.remove();
});

test('a delivery that cannot begin says why at the start', async () => {
  const installation = new Installation();
  const store = await openStore(`sqlite:${installation.file('aegis.db')}`);
  await store.migrate();
  const key = createKeyFile(installation.file('key'));
  const options = {
    keys: [key],
    egressAllow: 'no-network',
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  };
  await assert.rejects(startDelivery(store, options), /no-network/);
  await assert.rejects(startDelivery(store, { ...options, run: 'here' }), /no-network/);
  const missing = startDelivery(store, { keys: installation.file('no-key') });
  await assert.rejects(
    missing,
    /The key file \S+no-key cannot be used: it is not there; .*createKeyFile\(\)/,
  );
  // As a caller in JavaScript can write it.
  await assert.rejects(
    startDelivery(store, {} as StartDeliveryOptions),
    /startDelivery needs keys: the path/,
  );
  await store.close();
  installation.remove();
});
