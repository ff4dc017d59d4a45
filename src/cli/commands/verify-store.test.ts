import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { publicKeyPem } from '../../proof/checkpoint-key.ts';
import { EXAMPLE_SIGNING_KEY } from '../../../scripts/example-stories/example-signature.ts';
import { runCommand } from '../../../test/cli/run-command.ts';
import { auditRecord } from '../../../test/store-contract/store-fixtures.ts';
import { openTestStore, type TestStore } from '../../../test/support/sqlite-store.ts';
import { chainAll, chainerOf } from '../../../test/verify/chained-store.ts';
import { StoreWorld } from '../../../test/verify/store-world.ts';
import { KEYS } from '../../../test/verify/stream-world.ts';

const EXAMPLES = new URL('../../../examples/attestations.ndjson', import.meta.url);

interface Example {
  readonly attestation_id: string;
  readonly workspace_id: string;
}

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

  it('names the record that tells of a deletion where a stream ended before its first checkpoint', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const world = await StoreWorld.open(store);
    await world.deliver((await world.record(2)).map(({ recordNo }) => recordNo));
    const { destinationId } = world.destination;
    const audit = auditRecord(world.workspaceId, { action: 'destination.deleted', subjectId: destinationId });
    await store.admin.deleteDestination(destinationId, undefined, audit);
    await world.chain();
    const key = `${opened.path}.pem`;
    writeFileSync(key, publicKeyPem(KEYS[0]));
    const verify = ['verify', '--store', `sqlite:${opened.path}`, '--key', key];
    const { code, out } = await runCommand(verify);
    assert.equal(code, 0, out);
    assert.match(out, /: ended before its first checkpoint\n/);
    assert.match(out, /its destination was deleted 2026-11-24T\S+, as record \d+ of the chain tells/);
    const json = await runCommand([...verify, '--json']);
    const { streams } = JSON.parse(json.out) as { streams: { deleted: { record_no: number } }[] };
    assert.ok((streams[0]?.deleted.record_no ?? 0) > 2);
  });

  it('holds the signature of each decision against the keys that are given', async () => {
    await using opened = await openTestStore();
    const { store } = opened;
    const lines = readFileSync(EXAMPLES, 'utf8').trim().split('\n').slice(0, 20);
    const drafts = lines.map((body) => {
      const { attestation_id: recordId, workspace_id: workspaceId } = JSON.parse(body) as Example;
      return { recordId, workspaceId, body };
    });
    await store.record.recordAttestations(drafts);
    await chainAll(store, chainerOf(store));
    const [key, decisionKey] = [`${opened.path}.pem`, `${opened.path}.decision.pem`];
    writeFileSync(key, publicKeyPem(KEYS[0]));
    writeFileSync(decisionKey, createPublicKey(EXAMPLE_SIGNING_KEY).export({ type: 'spki', format: 'pem' }));
    const verify = ['verify', '--store', `sqlite:${opened.path}`, '--key', key];
    const all = await runCommand([...verify, '--decision-key', decisionKey]);
    assert.equal(all.code, 0, all.out + all.error);
    assert.match(all.out, /20 signatures of decisions are proved; 0 cannot be checked/);
    // What is not chained yet is looked at as well; one that was changed before it was recorded is chained as it is.
    const [first] = drafts;
    const changed = (first?.body ?? '').replace('"verdict":"', '"verdict" :"').replace('agent-', 'agent-9');
    const record = (recordId: string, body: string) =>
      store.record.recordAttestations([{ recordId, workspaceId: 'ws-1', body }]);
    await record('01a1ed7c-6674-794e-8a6c-33dae88df501', changed);
    for (const id of ['02', '03', '04']) await record(`01a1ed7c-6674-794e-8a6c-33dae88df5${id}`, '{}');
    const some = await runCommand([...verify, '--decision-key', decisionKey]);
    assert.equal(some.code, 1);
    assert.match(some.out, /decision_wrong_key: The decision of attestation \S+, number 21, was changed/);
    assert.match(some.out, /decision_unsigned: Each of the 3 decisions from number 22 to 24 cannot be read/);
    const other = await runCommand([...verify, '--decision-key', `other=${decisionKey}`]);
    assert.match(other.out, /decision_unknown_key: /);
    assert.equal((await runCommand(verify)).code, 0, 'without keys nothing is asked of decisions');
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
