/** What goes wrong with PostgreSQL. */
import { asObject } from '../../../src/cli/output.ts';
import type { JsonObject } from '../../../src/json.ts';
import { callService } from '../../api/call-service.ts';
import { startFakeSplunk } from '../../fake-splunk/fake-splunk.ts';
import type { CliProcess } from '../../support/cli-process.ts';
import { launchPostgresServer } from '../../support/postgres-server.ts';
import { SmallVolume } from '../small-volume.ts';
import { confirmed, delivered, recordingIs } from './host-runbooks.ts';
import { OlderRelease } from './older-release.ts';
import type { RunbookDrill } from './runbook-drill.ts';
import { RunbookWorld } from './runbook-world.ts';

/** A server of its own for the one drill that breaks it. */
export async function databaseFailover(): Promise<RunbookDrill> {
  const server = await launchPostgresServer();
  return {
    page: 'database-failover',
    fault: 'the primary of PostgreSQL crashed; its replica is promoted in its place',
    async start() {
      const world = await RunbookWorld.start({
        AEGIS_SIEM_STORE: server.url,
        AEGIS_SIEM_LEASE_SECONDS: '4',
      });
      world.onClose(() => server.stop());
      await world.addSplunk();
      await world.decide(5);
      await world.isWell('splunk-prod');
      return world;
    },
    async breakIt() {
      await server.crash();
      await server.keepReplica();
      return {};
    },
    seen: /cannot be (?:reached|opened)|ECONNREFUSED|store_unavailable|does not answer/,
    mend: () => server.promoteReplica(),
    async confirm(world) {
      await world.until(async () => (await world.call('GET', '/readyz')).status === 200, 'ready again');
      // A lane that was held goes on while nothing of its numbers is lost; at its next renewal it is taken anew.
      await world.until(async () => {
        await world.decide(1);
        return world.service?.output().includes('A new epoch of the stream was opened') === true;
      }, 'the log names the new epoch');
      await world.decide(5);
      await world.isWell('splunk-prod');
      await world.allInSplunk();
      const doctor = await world.run('aegis-siem doctor');
      if (doctor.code !== 0) throw new Error(doctor.output);
    },
  };
}

const MIB = 1_048_576;
/** Room for the catalogues of a fresh server and a few segments of its log. */
const DATA_BYTES = 256 * MIB;
/** Its log must not be what fills the disk first: a server that cannot write it stops itself. */
const SMALL_LOG = { min_wal_size: '32MB', max_wal_size: '64MB' };

/** The data of the server on a small disk of its own. */
export async function diskFullOnPostgres(): Promise<RunbookDrill> {
  let volume: SmallVolume | undefined;
  const server = await launchPostgresServer({
    settings: SMALL_LOG,
    onDataFolder: (folder) => {
      volume = SmallVolume.over(folder, DATA_BYTES);
      if (volume === undefined)
        throw new Error('this drill mounts a small disk of its own: run it as root on Linux');
    },
  });
  return {
    page: 'disk-full',
    fault: 'a file of others leaves nothing on the disk of PostgreSQL',
    async start() {
      const world = await RunbookWorld.start({ AEGIS_SIEM_STORE: server.url });
      world.onClose(() => server.stop());
      world.onClose(() => Promise.resolve(volume?.[Symbol.dispose]()));
      return delivered(world);
    },
    async breakIt(world) {
      volume?.fill(0);
      // Until the pages that are there already are full.
      await world.until(async () => {
        const { url, installation } = world;
        const reply = await callService(
          url,
          installation.key(),
          'POST',
          '/v1/attestations',
          world.attestations(50),
          'application/x-ndjson',
        );
        return reply.text.includes('store_full');
      }, 'recording is refused');
      return {};
    },
    seen: /disk_full[^\n]*/,
    async mend(_, follow) {
      await follow();
      volume?.makeRoom();
    },
    async confirm(world) {
      await recordingIs(world, 201);
      await confirmed(world);
    },
  };
}

/** Old and new side by side on one database, in the order of the page: schema, workers, APIs; events flow meanwhile. */
export async function rollingUpgrade(): Promise<RunbookDrill> {
  const older = new OlderRelease('postgres');
  const server = await launchPostgresServer();
  let oldWorker: CliProcess | undefined;
  return {
    page: 'upgrade',
    fault: 'PostgreSQL: API and worker of the release before run, and go on while the new ones come',
    async start() {
      const world = await RunbookWorld.start(
        { AEGIS_SIEM_STORE: server.url, AEGIS_SIEM_WORKER: 'off', AEGIS_SIEM_CHECKPOINT_SECONDS: '1' },
        startFakeSplunk,
        { cli: older.cli },
      );
      world.onClose(() => server.stop());
      world.onClose(() => Promise.resolve(older[Symbol.dispose]()));
      oldWorker = await world.startWorker();
      return delivered(world);
    },
    breakIt(world) {
      world.install();
      return Promise.resolve({ '/backups/before-upgrade.db': 'before-upgrade.db' });
    },
    seen: /schema is at version \d+; this release needs \d+/,
    async mend(world, follow) {
      await world.decide(5);
      await follow();
      // The old ones go on upon the new schema.
      await world.decide(5);
      await world.isWell('splunk-prod');
      await world.startWorker();
      await world.decide(5);
      if ((await oldWorker?.end('SIGTERM')) !== 0) throw new Error(oldWorker?.output());
      await world.decide(5);
      await world.isWell('splunk-prod');
      await world.stopService();
      await world.startService();
    },
    async confirm(world) {
      await confirmed(world);
      await world.allInSplunk();
      const epochs = new Set(world.splunk.events().map(({ event }) => streamOf(event)['epoch']));
      if (epochs.size !== 1) throw new Error(`an upgrade opened an epoch: there are ${epochs.size}`);
      const keys = await world.run('aegis-siem keys checkpoint > checkpoint-key.pem');
      if (keys.code !== 0) throw new Error(keys.output);
      let verdict = '';
      await world.until(async () => {
        world.writeExport('export.ndjson');
        const { code, output } = await world.run('aegis-siem verify export.ndjson --key checkpoint-key.pem');
        verdict = output;
        return code === 0;
      }, `the export is complete over both releases: ${verdict}`);
    },
  };
}

function streamOf(event: JsonObject): JsonObject {
  return asObject(asObject(asObject(event['unmapped'])['aegis'])['stream']);
}
