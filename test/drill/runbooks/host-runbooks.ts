/** What goes wrong with the machine that the service runs on: its disk, its clock, its release, its settings. */
import { callService } from '../../api/call-service.ts';
import { startFakeSplunk } from '../../fake-splunk/fake-splunk.ts';
import { startServiceProcess } from '../../support/service-process.ts';
import { OlderRelease } from './older-release.ts';
import type { RunbookDrill } from './runbook-drill.ts';
import { RunbookWorld } from './runbook-world.ts';

const MIB = 1_048_576;
/** Twice the reserve that recording leaves free. */
const DISK_BYTES = 160 * MIB;
const HOUR_MS = 3_600_000;

export async function delivered(world: RunbookWorld): Promise<RunbookWorld> {
  await world.addSplunk();
  await world.decide(5);
  await world.isWell('splunk-prod');
  return world;
}

/** `doctor` is content, and new decisions reach the SIEM. */
export async function confirmed(world: RunbookWorld): Promise<void> {
  const doctor = await world.run('aegis-siem doctor --no-test');
  if (doctor.code !== 0) throw new Error(doctor.output);
  await world.decide(3);
  await world.isWell('splunk-prod');
  await world.allInSplunk();
}

export async function recordingIs(world: RunbookWorld, status: number): Promise<void> {
  const { url, installation } = world;
  const reply = await callService(url, installation.key(), 'POST', '/v1/attestations', world.attestation());
  if (reply.status !== status) throw new Error(`recording is answered ${reply.status}: ${reply.text}`);
}

export const diskFull: RunbookDrill = {
  page: 'disk-full',
  fault: 'a file of others leaves 10 MiB on the disk of the store',
  start: async () => delivered(await RunbookWorld.start({}, startFakeSplunk, { volumeBytes: DISK_BYTES })),
  async breakIt(world) {
    world.volume?.fill(10 * MIB);
    await world.until(async () => {
      const { url, installation } = world;
      const text = world.attestation();
      return (await callService(url, installation.key(), 'POST', '/v1/attestations', text)).status === 503;
    }, 'recording is refused');
    return {};
  },
  seen: /new decisions are refused/,
  async mend(world, follow) {
    const found = await follow();
    if (!found.some(({ output }) => output.includes('a-file-of-others'))) {
      throw new Error('the commands of the page do not show which file takes the room');
    }
    world.volume?.makeRoom();
  },
  async confirm(world) {
    // What was refused is sent again by its caller.
    await recordingIs(world, 201);
    await confirmed(world);
  },
};

/** The release before the last migration, and this one in its place. */
export function upgrade(): RunbookDrill {
  const older = new OlderRelease('sqlite');
  return {
    page: 'upgrade',
    fault: 'the store is one of the release before; the new one is installed',
    async start() {
      const world = await RunbookWorld.start({}, startFakeSplunk, { cli: older.cli });
      world.onClose(() => Promise.resolve(older[Symbol.dispose]()));
      return delivered(world);
    },
    async breakIt(world) {
      await world.run('aegis-siem destinations pause splunk-prod');
      await world.decide(5);
      world.install();
      return { '/backups/before-upgrade.db': 'before-upgrade.db' };
    },
    seen: /schema is at version \d+; this release needs \d+/,
    async mend(world, follow) {
      await world.stopService();
      await follow();
      await world.startService();
      const resumed = await world.run('aegis-siem destinations resume splunk-prod');
      if (resumed.code !== 0) throw new Error(resumed.output);
    },
    async confirm(world) {
      await confirmed(world);
      // A process of the release before says what is the matter, and stops.
      await world.stopService();
      const refused = await startServiceProcess({ folder: world.folder, cli: older.cli }).then(
        async (service) => {
          await service.end();
          return '';
        },
        (error: unknown) => String(error),
      );
      if (!/start the release that migrated it/.test(refused))
        throw new Error(`the old release met the new schema: ${refused}`);
      await world.startService();
      await confirmed(world);
    },
  };
}

export const blockedAddress: RunbookDrill = {
  page: 'blocked-address',
  fault: 'AEGIS_SIEM_EGRESS_ALLOW names another network than that of the SIEM',
  start: async () => delivered(await RunbookWorld.start()),
  async breakIt(world) {
    await world.stopService();
    world.set({ AEGIS_SIEM_EGRESS_ALLOW: '10.20.0.0/24:8088' });
    await world.startService();
    await world.decide(5);
    await world.healthIs('splunk-prod', 'held');
    return {};
  },
  seen: /address_\w+/,
  async mend(world) {
    await world.stopService();
    // As the page has it: exactly the address that is meant.
    world.set({ AEGIS_SIEM_EGRESS_ALLOW: `http+127.0.0.1/32:${new URL(world.splunk.url).port}` });
    await world.startService();
    const test = await world.run('aegis-siem destinations test splunk-prod');
    if (test.code !== 0) throw new Error(test.output);
  },
  async confirm(world) {
    // It is tried again by itself, at the latest after a minute.
    await world.isWell('splunk-prod');
    await confirmed(world);
  },
};

export function clock(): RunbookDrill {
  let aheadMs = 0;
  return {
    page: 'clock',
    fault: 'the clock of the SIEM is an hour ahead',
    start: async () =>
      delivered(await RunbookWorld.start({}, () => startFakeSplunk({ clockAheadMs: () => aheadMs }))),
    breakIt() {
      aheadMs = HOUR_MS;
      return Promise.resolve({});
    },
    seen: /This machine is 3\d{3}\.\d s behind/,
    mend() {
      aheadMs = 0;
      return Promise.resolve();
    },
    async confirm(world) {
      const doctor = await world.run('aegis-siem doctor --no-test');
      if (!/Agrees with /.test(doctor.output)) throw new Error(doctor.output);
      await confirmed(world);
    },
  };
}
