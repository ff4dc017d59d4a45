/** What goes wrong at our own side: keys, store, process. */
import { renameSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { callService } from '../../api/call-service.ts';
import { WORKSPACE } from '../../api/installation.ts';
import type { RunbookDrill } from './runbook-drill.ts';
import { RunbookWorld } from './runbook-world.ts';

async function delivered(env: Readonly<Record<string, string>> = {}): Promise<RunbookWorld> {
  const world = await RunbookWorld.start(env);
  await world.addSplunk();
  await world.decide(5);
  await world.isWell('splunk-prod');
  return world;
}

async function doctorIsContent(world: RunbookWorld): Promise<void> {
  const doctor = await world.run('aegis-siem doctor');
  if (doctor.code !== 0) throw new Error(doctor.output);
}

async function everythingFlows(world: RunbookWorld): Promise<void> {
  await world.decide(3);
  await world.isWell('splunk-prod');
  await world.allInSplunk();
}

interface MadeKey {
  readonly api_key_id: string;
  readonly key: string;
}

export const leakedApiKey: RunbookDrill = {
  page: 'leaked-api-key',
  fault: 'a key that may record decisions stands in a log',
  start: () => delivered(),
  async breakIt(world) {
    const made = await world.call('POST', '/v1/api-keys', {
      name: 'ingest',
      workspace_id: WORKSPACE,
      scopes: ['attestations:write'],
    });
    const leaked = JSON.parse(made.text) as MadeKey;
    world.write('leaked-key', leaked.key);
    return {
      '0193476d-3f10-7a51-8c3e-5a8d0c1b2e03': leaked.api_key_id,
      'ws-finance': WORKSPACE,
      $AEGIS_SIEM_API_KEY: world.installation.key(),
    };
  },
  seen: /"?ingest"?/,
  mend: async (_, follow) => void (await follow()),
  async confirm(world) {
    const refused = await callService(
      world.url,
      world.read('leaked-key'),
      'POST',
      '/v1/attestations',
      world.attestation(),
    );
    if (refused.status !== 401) throw new Error(`the leaked key is answered ${refused.status}`);
    const audit = await world.call('GET', '/v1/audit');
    if (!audit.text.includes('api_key.revoked')) throw new Error('the audit trail shows no revocation');
    const fresh = /aegis_\S+/.exec(world.read('new-key'))?.[0] ?? '';
    const taken = await callService(world.url, fresh, 'POST', '/v1/attestations', world.attestation());
    if (taken.status !== 201) throw new Error(`the new key is answered ${taken.status}: ${taken.text}`);
    await everythingFlows(world);
  },
};

export const keyRotation: RunbookDrill = {
  page: 'key-rotation',
  fault: 'the key of checkpoints is to be changed while events flow',
  start: () => delivered({ AEGIS_SIEM_CHECKPOINT_SECONDS: '1' }),
  breakIt: () => Promise.resolve({}),
  seen: /splunk-prod/,
  mend: async (_, follow) => void (await follow()),
  async confirm(world) {
    const before = checkpoints(world);
    await everythingFlows(world);
    await world.until(() => checkpoints(world) >= before + 2, 'checkpoints under the new key');
    world.writeExport('export.ndjson');
    const verdict = await world.run(
      'aegis-siem verify export.ndjson --key old-checkpoint-key.pem --key new-checkpoint-key.pem',
    );
    if (verdict.code !== 0) throw new Error(verdict.output);
    await doctorIsContent(world);
  },
};

export const lostKey: RunbookDrill = {
  page: 'lost-key',
  fault: 'the file of the master key is gone; a copy of it is elsewhere',
  start: () => delivered(),
  async breakIt(world) {
    await world.stopService();
    renameSync(join(world.folder, 'master-key'), join(world.folder, 'master-key.backup'));
    return {};
  },
  seen: /key_missing|key file[^\n]*(?:not there|missing|no such)|master-key[^\n]*(?:not there|missing)/i,
  async mend(world) {
    renameSync(join(world.folder, 'master-key.backup'), join(world.folder, 'master-key'));
    await world.startService();
  },
  async confirm(world) {
    await doctorIsContent(world);
    await everythingFlows(world);
  },
};

export const restore: RunbookDrill = {
  page: 'restore',
  fault: 'the database file is damaged; a backup of before is there',
  start: () => delivered(),
  async breakIt(world) {
    const backup = await world.run('aegis-siem backup backup.db');
    if (backup.code !== 0) throw new Error(backup.output);
    await world.stopService();
    truncateSync(join(world.folder, 'aegis.db'), 5_000);
    return { '/backups/aegis-today.db': 'backup.db' };
  },
  seen: /damaged|malformed|corrupt/i,
  async mend(world, follow) {
    await follow();
    await world.startService();
  },
  async confirm(world) {
    await doctorIsContent(world);
    await everythingFlows(world);
    if (!world.service?.output().includes('A new epoch of the stream was opened')) {
      const log = world.service?.output().slice(-1_000) ?? '';
      throw new Error(`the log names no new epoch: ${log}`);
    }
  },
};

export const serviceDown: RunbookDrill = {
  page: 'service-down',
  fault: 'the process was killed while events waited',
  start: () => delivered(),
  async breakIt(world) {
    await world.run('aegis-siem destinations pause splunk-prod');
    await world.decide(5);
    await world.run('aegis-siem destinations resume splunk-prod');
    await world.service?.end('SIGKILL');
    world.service = undefined;
    return {};
  },
  seen: /ECONNREFUSED|cannot be reached|refused/,
  mend: (world) => world.startService(),
  async confirm(world) {
    const ready = await world.call('GET', '/readyz');
    if (ready.status !== 200) throw new Error(ready.text);
    await everythingFlows(world);
  },
};

function checkpoints(world: RunbookWorld): number {
  return world.splunk.events().filter(({ event }) => event['class_uid'] === 0).length;
}
