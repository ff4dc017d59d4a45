/** What goes wrong with PostgreSQL. */
import { launchPostgresServer } from '../../support/postgres-server.ts';
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
