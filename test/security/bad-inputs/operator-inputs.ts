import assert from 'node:assert/strict';
import type { BadInput } from './bad-input.ts';
import { isRefused } from './bad-input-world.ts';

/** B107 to B112: workers, stores and people. */
export const OPERATOR_INPUTS: readonly BadInput[] = [
  {
    id: 'B107',
    input: 'two workers of different keys, releases or clocks',
    expected: 'the wrong key stops the start; no event twice',
    alsoShownBy: [
      ['src/master-key.test.ts', 'another key under the right id from ${source} stops the start'],
      ['test/workers/many-workers.slow.test.ts', 'of them send each event once'],
    ],
  },
  {
    id: 'B108',
    input: 'a worker that stands still beyond its lease',
    expected: 'its late write is refused',
    alsoShownBy: [
      ['test/workers/many-workers.slow.test.ts', 'a worker that stands still for two leases loses its lane'],
    ],
  },
  {
    id: 'B109',
    input: 'rows that are changed, deleted or put in behind our back',
    expected: 'refused by the tables, or found',
    alsoShownBy: [
      ['test/verify/tamper.security.slow.test.ts', 'a tampered PostgreSQL store'],

      [
        'test/store-contract/append-only-section.ts',
        'an attestation cannot be changed, removed or written over',
      ],
      [
        'test/store-contract/append-only-section.ts',
        'neither audit nor versions of settings can be rewritten',
      ],
    ],
  },
  {
    id: 'B110',
    input: 'a database of yesterday',
    expected: 'a new epoch, and the SIEM shows it',
    alsoShownBy: [
      ['src/verify/verification.test.ts', 'a store that was put back and went on in a new epoch'],

      ['src/store/sqlite/sidecar.test.ts', 'a store put back to an earlier day asks for a new epoch, once'],
    ],
  },
  {
    id: 'B111',
    input: 'a replay that is asked for twice',
    expected: '409 with the one that runs; it can be cancelled',
    run: async (world) => {
      await world.neighbour();
      const ask = { destination_id: world.destinationId, from: '2020-01-01T00:00:00Z', rate_per_second: 1 };
      const first = await world.call('POST', '/v1/siem/replays', ask);
      assert.ok([201, 202].includes(first.status), first.text);
      const id = first.body.replay?.replay_id;
      isRefused(await world.call('POST', '/v1/siem/replays', ask), { status: 409, code: 'replay_running' });
      const cancelled = await world.call('POST', `/v1/siem/replays/${id}/cancel`, {});
      assert.equal(cancelled.status, 200, cancelled.text);
      isRefused(await world.call('POST', `/v1/siem/replays/${id}/resume`, {}), {
        status: 409,
        code: 'replay_ended',
      });
    },
  },
  {
    id: 'B112',
    input: 'two people who change one destination; a session that ended',
    expected: '409 with what is there now; no change is lost',
    run: async (world) => {
      const made = await world.create({ url: 'https://splunk.example.com:8088' }, { enabled: false });
      const path = `/v1/siem/destinations/${made.body.destination_id}`;
      const [one, other] = await Promise.all([
        world.patchAt(1, path, { filter: { tools: ['a.*'] } }),
        world.patchAt(1, path, { filter: { tools: ['b.*'] } }),
      ]);
      const statuses = [one.status, other.status];
      assert.deepEqual(
        statuses.toSorted((a, b) => a - b),
        [200, 409],
        'one is told of the other',
      );
    },
    alsoShownBy: [
      ['test/api/destinations.test.ts', 'stale_version'],

      ['test/api/sessions.test.ts', 'ends when it is signed out: the token opens nothing any more'],
    ],
  },
];
