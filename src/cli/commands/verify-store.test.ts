import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { publicKeyPem } from '../../proof/checkpoint-key.ts';
import { runCommand } from '../../../test/cli/run-command.ts';
import { openTestStore, type TestStore } from '../../../test/support/sqlite-store.ts';
import { StoreWorld } from '../../../test/verify/store-world.ts';
import { KEYS } from '../../../test/verify/stream-world.ts';

async function openWorld(): Promise<{ opened: TestStore; url: string; key: string }> {
  const opened = await openTestStore();
  const world = await StoreWorld.open(opened.store);
  const numbers = (await world.record(6)).map(({ recordNo }) => recordNo);
  await world.chain();
  await world.deliver(numbers);
  await world.checkpoint();
  const key = `${opened.path}.pem`;
  writeFileSync(key, publicKeyPem(KEYS[0]));
  return { opened, url: `sqlite:${opened.path}`, key };
}

interface Report {
  readonly complete: boolean;
  readonly keys: string;
  readonly chain: {
    readonly records: number;
    readonly last_link: { readonly sha256: string };
    readonly findings: readonly { readonly name: string; readonly from_no: number }[];
  };
  readonly streams: readonly { readonly complete: boolean; readonly delivered: number }[];
}

describe('aegis-siem verify --store', () => {
  it('ends with 0 for a store that nobody changed, and says where the chain ends', async () => {
    const { opened, url, key } = await openWorld();
    await using _ = opened;
    const { code, out, error } = await runCommand(['verify', '--store', url, '--key', key]);
    assert.equal(code, 0, out + error);
    assert.match(out, /records: unchanged\n {2}\d+ records in 2 links; 0 are not chained yet/);
    assert.match(out, /triggers: as they were installed/);
    assert.match(out, /they cover 6 events/);
    assert.match(out, /^UNCHANGED: /m);
    const json = await runCommand(['verify', '--store', url, '--key', key, '--json']);
    const report = JSON.parse(json.out) as Report;
    assert.equal(report.complete, true);
    assert.equal(report.keys, 'given');
    assert.ok(report.chain.records >= 6);
    assert.equal(report.streams[0]?.delivered, 6);
    const tip = ['--tip', report.chain.last_link.sha256];
    assert.equal((await runCommand(['verify', '--store', url, '--key', key, ...tip])).code, 0);
  });

  it('ends with 1 and names the record that was changed', async () => {
    const { opened, url, key } = await openWorld();
    await using _ = opened;
    opened.exec('drop trigger aegis_siem_attestations_no_update');
    opened.exec(`update aegis_siem_attestations set body = '{}' where record_no = 3`);
    const { code, out } = await runCommand(['verify', '--store', url, '--key', key]);
    assert.equal(code, 1);
    assert.match(out, /edited: Attestation [0-9a-f-]{36}, number 3, has other content/);
    assert.match(out, /trigger_dropped: The trigger aegis_siem_attestations_no_update is gone/);
    assert.match(out, /^NOT PROVED/m);
    const json = await runCommand(['verify', '--store', url, '--key', key, '--json']);
    const { chain } = JSON.parse(json.out) as Report;
    assert.deepEqual(
      chain.findings.map(({ name, from_no: from }) => [name, from]),
      [['edited', 3]],
    );
  });

  it('takes the store of the settings when none is named, and its own keys with a warning', async () => {
    const { opened, url } = await openWorld();
    await using _ = opened;
    const env = { AEGIS_SIEM_STORE: url };
    const { code, out } = await runCommand(['verify', '--store'], { env });
    // The store has no key of its own: nothing in it can be proved.
    assert.equal(code, 1);
    assert.match(out, /unknown_key: Link 1 is signed with the key/);
    assert.match(out, /The keys were taken from the store itself/);
    const json = await runCommand(['verify', '--store', '--json'], { env });
    assert.equal((JSON.parse(json.out) as Report).keys, 'store');
  });

  it('refuses what it cannot work with, and makes no store where there is none', async () => {
    const { opened, url, key } = await openWorld();
    await using _ = opened;
    const nowhere = `sqlite:${join(opened.path, '..', 'none.db')}`;
    const cases: [string[], number, RegExp][] = [
      [['--store', nowhere], 2, /there is no database at/],
      [['--store', 'mysql://x'], 2, /AEGIS_SIEM_STORE|--store/],
      [['export.ndjson', '--store', url], 2, /do not go together/],
      [['--store', url, '--from', '0'.repeat(64)], 2, /do not go together/],
      [['--store', `sqlite:${key}`], 3, /the store cannot be read/],
      [[], 2, /needs EXPORT/],
    ];
    for (const [args, status, expected] of cases) {
      const { code, error } = await runCommand(['verify', ...args]);
      assert.equal(code, status, `${args.join(' ')}: ${error}`);
      assert.match(error, expected);
    }
  });
});
