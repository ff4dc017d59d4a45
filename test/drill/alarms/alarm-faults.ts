import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../../src/json.ts';
import { startFakeSplunk } from '../../fake-splunk/fake-splunk.ts';
import { makeAuthority, issueCertificate } from '../../fake-splunk/test-certificates.ts';
import { generateAttestations } from '../../support/generate-attestations.ts';
import { WORKSPACE } from '../../api/installation.ts';
import type { AlarmWorld } from './alarm-world.ts';

/** What goes wrong, and what is put right again. */
export interface AlarmFault {
  /** In words. */
  readonly cause: string;
  readonly alerts: readonly string[];
  breakIt(world: AlarmWorld): Promise<void>;
  mendIt(world: AlarmWorld): Promise<void>;
}

const HOUR_MS = 3_600_000;
const YEAR_MS = 8_760 * HOUR_MS;

const siemDown: AlarmFault = {
  cause: 'the SIEM answers 503',
  alerts: [
    'AegisSiemDestinationFailing',
    'AegisSiemEventsLate',
    'AegisSiemCheckpointOverdue',
    'AegisSiemEventsVeryLate',
  ],
  async breakIt(world) {
    world.splunk.answerAlways(8);
    await world.decide();
  },
  async mendIt(world) {
    world.splunk.answerAlways(undefined);
    await world.wake();
  },
};

/** The one objective that is in seconds and not shrunk: events must be later than thirty of them. */
const lateAfterAll: AlarmFault = {
  cause: 'the SIEM was away for 32 s and takes what waited',
  alerts: ['AegisSiemFreshnessBudgetBurns'],
  async breakIt(world) {
    world.splunk.answerAlways(8);
    await world.decide();
    await world.pause(32);
    world.splunk.answerAlways(undefined);
    await world.wake();
  },
  // Time mends it: what is taken quickly takes the place of what was late.
  mendIt: async (world) => void (await world.decide()),
};

const tokenRefused: AlarmFault = {
  cause: 'the token is not taken any more',
  alerts: ['AegisSiemDestinationHeld'],
  async breakIt(world) {
    world.splunk.answerAlways(4);
    await world.decide();
  },
  async mendIt(world) {
    world.splunk.answerAlways(undefined);
    await world.wake();
  },
};

const backlogGrows: AlarmFault = {
  cause: 'the SIEM is away, and 900 of 1,000 events that may wait do',
  alerts: ['AegisSiemBacklogHalfFull', 'AegisSiemBacklogFullSoon', 'AegisSiemBacklogNearlyFull'],
  async breakIt(world) {
    world.splunk.answerAlways(8);
    await world.patch({ limits: { max_rows: 1_000 } });
    await world.decide(300);
    // What waits is measured each half minute.
    await world.pause(31);
    await world.decide(600);
  },
  async mendIt(world) {
    world.splunk.answerAlways(undefined);
    await world.wake();
  },
};

const poison: AlarmFault = {
  cause: 'an event is refused for good',
  alerts: ['AegisSiemDeadLetters'],
  async breakIt(world) {
    await world.patch({ limits: {} });
    const text = [...generateAttestations({ seed: 77_777, count: 1, workspaceId: WORKSPACE })].join('');
    const { attestation_id: bad } = JSON.parse(text) as { attestation_id: string };
    world.splunk.refuse({
      matches: ({ metadata }) => JSON.stringify(metadata).includes(bad),
      code: 6,
      withNumber: true,
    });
    await world.call('POST', '/v1/attestations', JSON.parse(text) as JsonObject);
    await world.decide();
  },
  async mendIt(world) {
    world.splunk.refuse(undefined);
    await world.call('POST', '/v1/siem/dead-letters/retry', {
      filter: { destination_id: world.destination },
    });
  },
};

const rowsRemoved: AlarmFault = {
  cause: 'somebody removes delivery rows from the database',
  alerts: ['AegisSiemRecordsMissed'],
  async breakIt(world) {
    await world.call('POST', `/v1/siem/destinations/${world.destination}/pause`, {});
    await world.decide();
    using database = world.database();
    database.exec('delete from aegis_siem_outbox');
  },
  async mendIt(world) {
    await world.call('POST', `/v1/siem/destinations/${world.destination}/resume`, {});
  },
};

function storeLocked(): AlarmFault {
  let database: DatabaseSync | undefined;
  return {
    cause: 'another program holds the write lock of the database',
    alerts: ['AegisSiemStoreErrors'],
    async breakIt(world) {
      await world.decide();
      database = world.database();
      database.exec('begin immediate');
    },
    mendIt() {
      database?.close();
      return Promise.resolve();
    },
  };
}

function diskFull(): AlarmFault {
  let ending = new AbortController();
  let asking = Promise.resolve();
  return {
    cause: 'a file of others fills the disk of the store',
    alerts: ['AegisSiemRecordingRefused', 'AegisSiemDiskFills', 'AegisSiemDiskNearlyFull'],
    async breakIt(world) {
      await world.decide(1_000);
      // Room for the store to go on writing what it must, and less than a tenth of what it has.
      world.volume.fill(100_000);
      ending = new AbortController();
      asking = decideAgainAndAgain(world, ending.signal);
    },
    async mendIt(world) {
      world.volume.makeRoom();
      ending.abort();
      await asking;
    },
  };
}

/** A caller that is refused asks again. */
async function decideAgainAndAgain(world: AlarmWorld, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await world.decide(1).catch(() => undefined);
    await world.pause(0.5);
  }
}

function certificateEnds(): AlarmFault {
  const authority = makeAuthority('Drill authority');
  const start = (endsMs: number, port = 0) => {
    const { certificatePem: cert, privateKeyPem: key } = issueCertificate(authority, {
      dnsName: 'splunk.example.com',
      ipAddress: '127.0.0.1',
      notAfter: new Date(Date.now() + endsMs),
    });
    return startFakeSplunk({ tls: { cert, key }, port });
  };
  let splunk: Awaited<ReturnType<typeof startFakeSplunk>>;
  let id = '';
  return {
    cause: 'the certificate of a SIEM ends in three hours',
    alerts: ['AegisSiemCertificateEndsSoon'],
    async breakIt(world) {
      splunk = await start(3 * HOUR_MS);
      const made = await world.call('POST', '/v1/siem/destinations', {
        name: 'splunk-tls',
        workspace_id: WORKSPACE,
        type: 'splunk_hec',
        config: { url: splunk.url, tls: { ca_pem: authority.certificatePem } },
        credentials: { token: splunk.token },
        sources: ['admin'],
      });
      id = (JSON.parse(made) as { destination_id: string }).destination_id;
      // It is looked at at the start, and once an hour.
      await world.restart();
    },
    async mendIt(world) {
      const port = Number(new URL(splunk.url).port);
      await splunk.close();
      splunk = await start(YEAR_MS, port);
      await world.restart();
      await world.pause(3);
      await world.call('DELETE', `/v1/siem/destinations/${id}?open=skip&reason=drill`, {}).catch(() => '');
      await splunk.close();
    },
  };
}

const credentialsEnd: AlarmFault = {
  cause: 'the token of a destination ends in three hours',
  alerts: ['AegisSiemCredentialsEndSoon'],
  breakIt: (world) => world.patch({ credentials_expire_at: timeIn(3 * HOUR_MS) }),
  mendIt: (world) => world.patch({ credentials_expire_at: timeIn(YEAR_MS) }),
};

function timeIn(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

const blocked: AlarmFault = {
  cause: 'the list of allowed networks has the SIEM no more',
  alerts: ['AegisSiemEgressBlocked'],
  async breakIt(world) {
    await world.restart({ AEGIS_SIEM_EGRESS_ALLOW: '10.9.9.0/24:8088' });
    await world.decide();
  },
  async mendIt(world) {
    await world.restart();
    await world.wake();
  },
};

const sealedChanged: AlarmFault = {
  cause: 'the sealed token is changed in the database',
  alerts: ['AegisSiemCredentialUnreadable'],
  async breakIt(world) {
    {
      using database = world.database();
      const row = database.prepare(`select sealed from aegis_siem_destinations where name = 'splunk'`).get();
      const { token } = JSON.parse(String(row?.['sealed'])) as { token: string };
      const other = `${token.slice(0, -8)}${Array.from(token.slice(-8)).toReversed().join('')}`;
      database
        .prepare(`update aegis_siem_destinations set sealed = ? where name = 'splunk'`)
        .run(JSON.stringify({ token: other }));
    }
    await world.restart();
    await world.decide();
  },
  mendIt: (world) => world.wake(),
};

const killed: AlarmFault = {
  cause: 'the process is killed',
  alerts: ['AegisSiemDown', 'AegisSiemWorkerSilent'],
  breakIt: async (world) => void (await world.service.end('SIGKILL')),
  mendIt: (world) => world.startService(),
};

function starved(): AlarmFault {
  let ending = new AbortController();
  let pulse = Promise.resolve();
  return {
    cause: 'the machine stops the process for 0.3 s in each 0.5 s',
    alerts: ['AegisSiemEventLoopSlow'],
    breakIt(world) {
      ending = new AbortController();
      pulse = stopAgainAndAgain(world, ending.signal);
      return Promise.resolve();
    },
    async mendIt() {
      ending.abort();
      await pulse;
    },
  };
}

async function stopAgainAndAgain({ service }: AlarmWorld, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    service.process.kill('SIGSTOP');
    await sleep(300);
    service.process.kill('SIGCONT');
    await sleep(200);
  }
}

/** One after the other on one installation. */
export const ALARM_FAULTS: readonly AlarmFault[] = [
  siemDown,
  tokenRefused,
  poison,
  rowsRemoved,
  storeLocked(),
  diskFull(),
  credentialsEnd,
  sealedChanged,
  backlogGrows,
  lateAfterAll,
  blocked,
  certificateEnds(),
  starved(),
  killed,
];
