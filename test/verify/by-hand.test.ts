/** What an auditor does with jq and openssl comes to what the program does. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { linkStatement } from '../../src/proof/chain-link.ts';
import { publicKeyPem } from '../../src/proof/checkpoint-key.ts';
import { checkpointStatement } from '../../src/proof/checkpoint-statement.ts';
import { decodeIndex } from '../../src/proof/number-index.ts';
import { readCheckpoint } from '../../src/proof/read-checkpoint.ts';
import { newWorkspace, recordSome } from '../store-contract/store-fixtures.ts';
import { openTestStore } from '../support/sqlite-store.ts';
import { chainAll, chainerOf } from './chained-store.ts';
import { KEYS, type SentPlace, StreamWorld } from './stream-world.ts';

const CONTENT = join(import.meta.dirname, '..', '..', 'content', 'proof');
const FOLDER = mkdtempSync(join(tmpdir(), 'aegis-by-hand-'));
after(() => rmSync(FOLDER, { recursive: true }));

const missing = ['jq', 'openssl', 'bash'].filter(
  (tool) => spawnSync(tool, ['--version']).error !== undefined,
);
const skip = missing.length > 0 && `needs ${missing.join(', ')}`;

function run(tool: string, args: readonly string[], input: string | Uint8Array = ''): Buffer {
  const { status, stdout, stderr } = spawnSync(tool, args, { input });
  assert.equal(status, 0, stderr.toString());
  return stdout;
}

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(FOLDER, name);
  writeFileSync(path, content);
  return path;
}

function makeWorld(): StreamWorld {
  const world = new StreamWorld();
  world.send(5);
  world.sendRefused({ untaken: true });
  world.sendRefused();
  world.checkpoint();
  world.send(3);
  [, world.key] = KEYS;
  world.chain = { linkNo: 12, sha256: 'ab'.repeat(32) };
  world.checkpoint();
  world.checkpoint({ stopped: true });
  return world;
}

function checkpointsOf(world: StreamWorld): readonly SentPlace[] {
  return world.sent.filter(({ kind }) => kind === 'checkpoint');
}

describe('a link of the record chain by hand', { skip }, () => {
  it('has the same signed text by link-statement.jq, and the same hash of a record by record-text.jq', async () => {
    await using opened = await openTestStore();
    await recordSome(opened.store, newWorkspace(), 5);
    await chainAll(opened.store, chainerOf(opened.store, { keys: [KEYS[1], KEYS[0]] }));
    await recordSome(opened.store, 'ws "quoted"\\', 3);
    await chainAll(opened.store);
    const links = await opened.store.chain.readLinks(0, 10);
    assert.ok(links.length >= 3);
    for (const link of links) {
      const rows = opened.rows(
        `select link_no, previous, from_record_no, to_record_no, records, root, made_at, key_id, next_key
         from aegis_siem_chain where link_no = ${link.linkNo}`,
      );
      const index = fileOf('index.sha256', `${hash('sha256', link.index)}\n`);
      const script = join(CONTENT, 'link-statement.jq');
      const statement = run('jq', ['-rj', '--rawfile', 'index', index, '-f', script], JSON.stringify(rows));
      assert.equal(statement.toString(), linkStatement(link));
      for (const { no, mark } of decodeIndex(link.index) ?? []) {
        const record = opened.rows(`select * from aegis_siem_attestations where record_no = ${no}`);
        const text = run('jq', ['-rj', '-f', join(CONTENT, 'record-text.jq')], JSON.stringify(record));
        assert.equal(hash('sha256', text).slice(0, 16), mark);
      }
    }
  });
});

describe('a checkpoint by hand', { skip }, () => {
  const world = makeWorld();
  const key = fileOf('key.pem', publicKeyPem(KEYS[0]));

  it('has the same signed text by statement.jq, whatever is in it, and openssl proves its signature', () => {
    for (const [index, { text }] of checkpointsOf(world).entries()) {
      const { unmapped } = JSON.parse(text) as { unmapped: { aegis: { checkpoint: { signature: string } } } };
      const read = readCheckpoint(unmapped.aegis.checkpoint);
      assert.ok(read.ok);
      const statement = run('jq', ['-rj', '-f', join(CONTENT, 'statement.jq')], text);
      assert.equal(statement.toString(), checkpointStatement(read.checkpoint));
      if (index === 2) continue;
      const signature = fileOf('signature.bin', Buffer.from(unmapped.aegis.checkpoint.signature, 'base64'));
      const args = [
        'pkeyutl',
        '-verify',
        '-pubin',
        '-inkey',
        key,
        '-rawin',
        '-in',
        fileOf('s.txt', statement),
      ];
      assert.match(run('openssl', [...args, '-sigfile', signature]).toString(), /Verified Successfully/);
    }
  });

  it('has the fingerprint that jq and openssl make of each event', () => {
    const ocsf = { classUid: 6003, version: '1.9.0', recordIntegrity: true } as const;
    const own = new StreamWorld({ ocsf });
    own.send(5);
    own.sendRefused();
    own.checkpoint();
    for (const text of own.texts()) {
      const { attestation_list: list } = JSON.parse(text) as {
        attestation_list: { fingerprint: { value: string } }[];
      };
      const canonical = run('jq', ['-cjSf', join(CONTENT, 'fingerprint.jq')], text);
      const digest = run('openssl', ['dgst', '-sha256', '-r'], canonical).toString().slice(0, 64);
      assert.equal(digest, list.at(-1)?.fingerprint.value, text);
    }
  });

  it('has the same root by merkle-root.sh, for numbers of events that are no power of two either', () => {
    const own = new StreamWorld();
    for (const count of [1, 2, 3, 6, 7]) {
      const from = own.sent.length;
      own.send(count);
      own.checkpoint();
      const covered = own.sent.slice(Math.max(0, from - 1), -1).map(({ text }) => text);
      const root = run('bash', [join(CONTENT, 'merkle-root.sh')], `${covered.join('\n')}\n`);
      assert.equal(root.toString().trim(), own.lastCheckpoint?.root, `${covered.length} events`);
    }
  });
});
