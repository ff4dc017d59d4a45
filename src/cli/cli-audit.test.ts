/** What each command leaves in the audit. A command that is not in the table fails: it has to be thought of. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { userInfo } from 'node:os';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { addSplunk, Installation, record } from '../../test/api/installation.ts';
import { runCommand } from '../../test/cli/run-command.ts';
import { type FakeSplunk, startFakeSplunk } from '../../test/fake-splunk/fake-splunk.ts';
import { openStore } from '../store/open-store.ts';
import { COMMANDS } from './commands.ts';

/**
 * - `looks`: changes nothing that is kept.
 * - `records`: what it records is its own trace.
 * - `process`: its start and stop are events of their own, and what it does is asked for over the API.
 * - `api`: one call of the API, which leaves the one record (test/api/access/access.security.test.ts, for each route).
 * - an action: straight to the store; the cases below run it.
 */
const LEAVES: Readonly<Record<string, string>> = {
  demo: 'process',
  serve: 'process',
  worker: 'process',
  migrate: 'schema.migrated',
  'config print': 'looks',
  doctor: 'looks',
  attest: 'records',
  map: 'looks',
  validate: 'looks',
  'destinations ls': 'looks',
  'destinations show': 'looks',
  'destinations create': 'api',
  'destinations update': 'api',
  'destinations test': 'api',
  'destinations rotate': 'api',
  'destinations pause': 'api',
  'destinations resume': 'api',
  'destinations rm': 'api',
  'destinations migrate': 'api',
  preview: 'looks',
  top: 'looks',
  outbox: 'looks',
  'dead-letters ls': 'looks',
  'dead-letters retry': 'api',
  'dead-letters skip': 'api',
  'replay start': 'api',
  'replay ls': 'looks',
  'replay show': 'looks',
  'replay pause': 'api',
  'replay resume': 'api',
  'replay cancel': 'api',
  verify: 'looks',
  audit: 'looks',
  'attestations prune': 'attestations.pruned',
  'api-keys ls': 'looks',
  'api-keys create': 'api',
  'api-keys revoke': 'api',
  'sessions ls': 'looks',
  'sessions end': 'api',
  'keys checkpoint': 'looks',
  'keys rotate': 'api',
  'keys status': 'looks',
  'keys rotate-master': 'master_key.rotated',
  backup: 'looks',
  restore: 'store.restored',
  openapi: 'looks',
  completion: 'looks',
  version: 'looks',
};

const DIRECT = Object.entries(LEAVES).filter(([, leaves]) => leaves.includes('.'));

describe('what commands leave in the audit', { timeout: 120_000 }, () => {
  const installation = new Installation();
  const env = installation.env();
  let splunk: FakeSplunk;
  before(async () => {
    splunk = await startFakeSplunk({});
  });
  after(async () => {
    await splunk.close();
    installation.remove();
  });

  const audit = async (): Promise<
    readonly { action: string; actor: string; before?: string; after?: string }[]
  > => {
    const store = await openStore(env['AEGIS_SIEM_STORE'] ?? '');
    try {
      return (await store.admin.listAudit({}, { limit: 500 })).items;
    } finally {
      await store.close();
    }
  };

  it('every command says what it leaves', () => {
    assert.deepEqual(Object.keys(LEAVES).toSorted(), COMMANDS.map(({ name }) => name).toSorted());
  });

  it('a command that acts on the store itself leaves one record: what, by which user, before and after', async () => {
    const seen: string[] = [];
    const acts = async (name: string, ...args: string[]): Promise<void> => {
      const known = name === 'migrate' ? 0 : (await audit()).length;
      const { code, error } = await runCommand([...name.split(' '), ...args], { env });
      assert.equal(code, 0, `${name}: ${error}`);
      const items = await audit();
      const fresh = items.slice(0, items.length - known);
      assert.deepEqual(
        fresh.map(({ action }) => action),
        [LEAVES[name]],
        name,
      );
      assert.equal(fresh[0]?.actor, `cli:${userInfo().username}`, name);
      assert.ok((fresh[0]?.after ?? '').startsWith('{'), name);
      if (name !== 'restore') assert.ok((fresh[0]?.before ?? '').startsWith('{'), name);
      seen.push(name);
    };
    await acts('migrate');
    let service = await installation.start();
    await addSplunk(service.url, installation.key(), splunk);
    await record(service.url, installation.key(), 1, 3);
    await splunk.waitFor(3);
    await service.stop();
    service = await installation.start();
    const time = new Date().toISOString();
    const told = await untilConfirm(time);
    await service.stop();
    await acts('attestations prune', '--before', time, '--confirm', told);
    const keyFile = installation.file('master-key');
    writeFileSync(keyFile, `${newKeyLine()}${readFileSync(keyFile, 'utf8')}`);
    await acts('keys rotate-master');
    const copy = installation.file('copy.db');
    assert.equal((await runCommand(['backup', copy], { env })).code, 0);
    await acts('restore', copy);
    assert.deepEqual(seen.toSorted(), DIRECT.map(([name]) => name).toSorted());
  });

  async function untilConfirm(time: string): Promise<string> {
    for (const untilMs = Date.now() + 30_000; ;) {
      const { out } = await runCommand(['attestations', 'prune', '--before', time, '--json'], { env });
      const { confirm } = JSON.parse(out) as { confirm?: string };
      if (confirm !== undefined) return confirm;
      assert.ok(Date.now() < untilMs, out);
      await sleep(100);
    }
  }
});

function newKeyLine(): string {
  return `k-${randomBytes(6).toString('hex')} ${randomBytes(32).toString('base64')}\n`;
}
