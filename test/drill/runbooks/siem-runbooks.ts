/** What goes wrong at the SIEM's side. */
import { asObject } from '../../../src/cli/output.ts';
import { startFakeAzure } from '../../fake-azure/fake-azure.ts';
import { startFakeSplunk } from '../../fake-splunk/fake-splunk.ts';
import { makeAuthority, issueCertificate } from '../../fake-splunk/test-certificates.ts';
import type { RunbookDrill } from './runbook-drill.ts';
import { RunbookWorld } from './runbook-world.ts';

const NEW_TOKEN = '99999999-8888-4777-8666-555555555555';

async function withSplunk(): Promise<RunbookWorld> {
  const world = await RunbookWorld.start();
  await world.addSplunk();
  await world.decide(3);
  await world.isWell('splunk-prod');
  return world;
}

/** The SIEM takes a test event, nothing waits, and it has every decision. */
async function confirmSplunk(world: RunbookWorld): Promise<void> {
  const test = await world.run('aegis-siem destinations test splunk-prod');
  if (test.code !== 0) throw new Error(test.output);
  await world.isWell('splunk-prod');
  await world.allInSplunk();
}

export const siemDown: RunbookDrill = {
  page: 'siem-down',
  fault: 'Splunk is gone, and comes back at another address',
  start: withSplunk,
  async breakIt(world) {
    await world.splunk.close();
    await world.decide(5);
    await world.healthIs('splunk-prod', 'failing');
    return {};
  },
  seen: /refused/,
  async mend(world, follow) {
    const before = world.recorded.slice(0, 3);
    world.splunk = await startFakeSplunk();
    world.write('splunk.json', { url: world.splunk.url });
    world.write('token.json', { token: world.splunk.token });
    await follow();
    // The three from before stand in the Splunk that is gone.
    world.recorded.splice(0, before.length);
  },
  confirm: confirmSplunk,
};

export const tokenExpired: RunbookDrill = {
  page: 'token-expired',
  fault: 'the HEC token is deleted',
  start: withSplunk,
  async breakIt(world) {
    world.splunk.changeToken(NEW_TOKEN);
    await world.decide(5);
    await world.healthIs('splunk-prod', 'held');
    return {};
  },
  seen: /invalid_token/,
  async mend(world, follow) {
    world.write('token.json', { token: NEW_TOKEN });
    await follow();
  },
  confirm: confirmSplunk,
};

export const poisonEvent: RunbookDrill = {
  page: 'poison-event',
  fault: 'Splunk refuses one event of six',
  start: withSplunk,
  async breakIt(world) {
    let bad: unknown;
    world.splunk.refuse({
      // The first that comes after this, each time that it comes.
      matches: ({ metadata, class_uid: classUid }) => {
        const { uid } = asObject(metadata);
        if (classUid !== 0) bad ??= uid;
        return uid === bad;
      },
      code: 6,
      withNumber: true,
    });
    await world.decide(6);
    await world.until(async () => (await world.health('splunk-prod'))['dead_letters'] === 1, 'a dead letter');
    world.write('attestation.json', world.attestation());
    const { text } = await world.call('GET', '/v1/siem/dead-letters');
    const [letter] = (JSON.parse(text) as { items: readonly { destination_id: string }[] }).items;
    return { '0193476d-3f10-7a51-8c3e-5a8d0c1b2e03': letter?.destination_id ?? '' };
  },
  seen: /refused_by_destination/,
  async mend(world, follow) {
    world.splunk.refuse(undefined);
    await follow();
  },
  confirm: confirmSplunk,
};

export const certificate: RunbookDrill = {
  page: 'certificate',
  fault: 'the certificate is signed by an authority that this host does not know',
  async start() {
    const authority = makeAuthority('Drill authority');
    const { certificatePem: cert, privateKeyPem: key } = issueCertificate(authority, {
      dnsName: 'splunk.example.com',
      ipAddress: '127.0.0.1',
    });
    const world = await RunbookWorld.start({}, () => startFakeSplunk({ tls: { cert, key } }));
    world.write('splunk.json', { tls: { ca_pem: authority.certificatePem } });
    return world;
  },
  async breakIt(world) {
    await world.addSplunk();
    await world.decide(5);
    await world.healthIs('splunk-prod', 'held');
    return {};
  },
  seen: /certificate_untrusted/,
  mend: async (_, follow) => void (await follow()),
  confirm: confirmSplunk,
};

export const backlogFull: RunbookDrill = {
  page: 'backlog-full',
  fault: 'somebody paused the destination, and 40 events wait',
  start: withSplunk,
  async breakIt(world) {
    await world.run('aegis-siem destinations pause splunk-prod');
    await world.decide(40);
    return {};
  },
  seen: /paused/,
  async mend(world, follow) {
    world.write('batch.json', { max_in_flight: 8 });
    world.write('limits.json', { max_rows: 5_000_000 });
    const resumed = await world.run('aegis-siem destinations resume splunk-prod');
    if (resumed.code !== 0) throw new Error(resumed.output);
    await follow();
  },
  confirm: confirmSplunk,
};

export const gapAlarm: RunbookDrill = {
  page: 'gap-alarm',
  fault: 'Splunk took an event and does not show it',
  async start() {
    const world = await RunbookWorld.start({ AEGIS_SIEM_CHECKPOINT_SECONDS: '1' });
    await world.addSplunk();
    return world;
  },
  async breakIt(world) {
    const from = new Date(Date.now() - 60_000).toISOString();
    const [lost = ''] = await world.decide(8);
    await world.allInSplunk();
    await covered(world);
    const keys = await world.run('aegis-siem keys checkpoint > checkpoint-key.pem');
    if (keys.code !== 0) throw new Error(keys.output);
    world.writeExport('export.ndjson', lost);
    return {
      '2026-11-20T09:00:00Z': from,
      '2026-11-20T10:00:00Z': new Date(Date.now() + 60_000).toISOString(),
    };
  },
  seen: /gap/,
  async mend(world, follow) {
    const before = world.splunk.events().length;
    await follow();
    await world.until(() => world.splunk.events().length >= before + 8, 'the time was sent again');
  },
  async confirm(world) {
    await covered(world);
    world.writeExport('export.ndjson');
    const verdict = await world.run('aegis-siem verify export.ndjson --key checkpoint-key.pem');
    if (verdict.code !== 0) throw new Error(verdict.output);
  },
};

/** A checkpoint came after what is there now. */
async function covered(world: RunbookWorld): Promise<void> {
  const checkpoints = (): number =>
    world.splunk.events().filter(({ event }) => event['class_uid'] === 0).length;
  const before = checkpoints();
  await world.until(() => checkpoints() > before, 'a checkpoint');
}

export const dcrChanged: RunbookDrill = {
  page: 'dcr-changed',
  fault: 'the data collection rule was made anew and has another immutable id',
  start: () => RunbookWorld.start(),
  async breakIt(world) {
    const azure = await startFakeAzure();
    world.onClose(() => azure.close());
    const { config, credentials } = azure.logsIngestion;
    await world.addDestination({
      name: 'sentinel',
      type: 'sentinel_logs_ingestion',
      config: { ...config, dcr_immutable_id: 'dcr-ffffffffffffffffffffffffffffffff' },
      credentials,
    });
    await world.decide(5);
    await world.healthIs('sentinel', 'held');
    world.write('attestation.json', world.attestation());
    world.write('sentinel.json', config);
    world.write('secret.json', credentials);
    return { '2026-11-20T00:00:00Z': new Date(Date.now() - 60_000).toISOString() };
  },
  seen: /rule_not_found/,
  mend: async (_, follow) => void (await follow()),
  async confirm(world) {
    const test = await world.run('aegis-siem destinations test sentinel');
    if (test.code !== 0) throw new Error(test.output);
    await world.isWell('sentinel');
  },
};
