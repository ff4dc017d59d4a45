import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstReads } from './first-reads.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:30Z');

const CASES: readonly (readonly [address: string, reads: readonly string[]])[] = [
  ['/', ['/v1/siem/overview']],
  ['/destinations/new', []],
  ['/destinations/d1/settings', ['/v1/siem/destinations/d1', '/v1/siem/overview']],
  ['/deliveries?status=dead&tool=crm.*', ['/v1/siem/deliveries?status=dead&tool=crm.*&limit=50']],
  [
    '/dead-letters?range=1h',
    ['/v1/siem/dead-letters?status=dead&from=2026-11-24T11%3A00%3A00.000Z&limit=50'],
  ],
  ['/events/a1', ['/v1/attestations/a1', '/v1/attestations/a1/sent']],
  ['/events/%', []],
  ['/replays?cursor=c', ['/v1/siem/replays?limit=20&cursor=c']],
  ['/audit?actor=a&unknown=x', ['/v1/audit?actor=a&limit=50']],
  ['/keys', []],
  ['/nothing/here', []],
];

for (const [address, reads] of CASES) {
  test(`the page ${address} reads first: ${reads.join(', ') || 'nothing that everybody may'}`, () => {
    const [pathname = '', search = ''] = address.split('?');
    assert.deepEqual(firstReads({ pathname, search }, NOW_MS), reads);
  });
}
