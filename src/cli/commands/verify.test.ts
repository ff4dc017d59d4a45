import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { publicKeyPem } from '../../proof/checkpoint-key.ts';
import { EXAMPLE_SIGNING_KEY } from '../../../scripts/example-stories/example-signature.ts';
import { runCommand } from '../../../test/cli/run-command.ts';
import { KEYS, StreamWorld } from '../../../test/verify/stream-world.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'aegis-verify-'));
after(() => rmSync(FOLDER, { recursive: true }));

const KEY = fileOf('key.pem', publicKeyPem(KEYS[0]));
const WORLD = makeWorld();
const AS_OF = ['--as-of', new Date(WORLD.nowMs).toISOString()];

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(FOLDER, name);
  writeFileSync(path, content);
  return path;
}

function makeWorld(): StreamWorld {
  const world = new StreamWorld();
  world.send(4);
  world.checkpoint();
  world.send(3);
  world.checkpoint();
  return world;
}

interface Report {
  readonly complete: boolean;
  readonly streams: readonly {
    readonly last_checkpoint: { readonly sha256: string };
    readonly findings: readonly { readonly name: string; readonly from_seq: number }[];
  }[];
}

describe('aegis-siem verify', () => {
  it('ends with 0 and says where to go on when an export is complete', async () => {
    const file = fileOf('all.ndjson', WORLD.texts().join('\n'));
    const { code, out, error } = await runCommand(['verify', file, '--key', KEY, ...AS_OF]);
    assert.equal(code, 0, error);
    assert.match(out, /^COMPLETE: /m);
    assert.match(out, new RegExp(`--from ${WORLD.lastCheckpointSha256}`));
  });

  it('ends with 1 and names the number that is missing', async () => {
    const file = fileOf('cut.ndjson', WORLD.texts().toSpliced(1, 1).join('\n'));
    const { code, out } = await runCommand(['verify', file, '--key', KEY, ...AS_OF]);
    assert.equal(code, 1);
    assert.match(out, /gap \[epoch e1\]: Number 2 is missing/);
    assert.match(out, /^NOT COMPLETE/m);
    const json = await runCommand(['verify', file, '--key', KEY, '--json', ...AS_OF]);
    const report = JSON.parse(json.out) as Report;
    assert.equal(json.code, 1);
    assert.equal(report.complete, false);
    assert.deepEqual(
      report.streams[0]?.findings.map(({ name, from_seq: from }) => [name, from]),
      [['gap', 2]],
    );
  });

  it('reads several files as one export, in any order, gzip and stdin among them', async () => {
    const texts = WORLD.texts();
    const first = fileOf('a.csv.gz', gzipSync(csvOf(texts.slice(0, 3))));
    const second = fileOf('b.json', JSON.stringify(texts.slice(3, 6).map((RawEvent) => ({ RawEvent }))));
    const stdin = texts
      .slice(6)
      .map((event) => `{"event":${event}}`)
      .join('');
    const args = ['verify', second, '-', first, '--key', KEY, ...AS_OF];
    const { code, error } = await runCommand(args, { stdin });
    assert.equal(code, 0, error);
  });

  it('goes on from where the last verification ended', async () => {
    const from = WORLD.lastCheckpointSha256;
    const more = makeWorld();
    more.send(2);
    more.checkpoint();
    const file = fileOf('later.ndjson', more.texts().slice(8).join('\n'));
    const asOf = ['--as-of', new Date(more.nowMs).toISOString()];
    const { code, out } = await runCommand(['verify', file, '--key', KEY, '--from', from, ...asOf]);
    assert.equal(code, 0, out);
    const other = await runCommand(['verify', file, '--key', KEY, '--from', '0'.repeat(64), ...asOf]);
    assert.equal(other.code, 2);
    assert.match(other.error, /holds neither this checkpoint nor the one that follows/);
  });

  it('says that a checkpoint is overdue, by the time that it is told and by now', async () => {
    const file = fileOf('old.ndjson', WORLD.texts().join('\n'));
    const late = ['--as-of', '2027-01-01T00:00:00Z'];
    assert.match((await runCommand(['verify', file, '--key', KEY, ...late])).out, /stale/);
    const grace = ['--grace', '2592000', '--as-of', new Date(WORLD.nowMs + 86_400_000).toISOString()];
    assert.equal((await runCommand(['verify', file, '--key', KEY, ...grace])).code, 0);
  });

  it('refuses, before it reads anything, what it cannot work with', async () => {
    const file = fileOf('x.ndjson', '');
    const cases: [string[], RegExp][] = [
      [[file], /needs --key/],
      [[file, '--key', join(FOLDER, 'none.pem')], /none\.pem cannot be read \(ENOENT\)/],
      [[file, '--key', file], /no public key/],
      [[file, '--key', KEY, '--from', 'x'], /64 hex digits/],
      [[file, '--key', KEY, '--as-of', 'yesterday'], /must be a time/],
      [[file, '--key', KEY, '--grace', '-1'], /--grace/],
      [[file, '--key', KEY, '--accept-filter', 'all'], /none or 16 hex digits/],
      [[join(FOLDER, 'gone.ndjson'), '--key', KEY], /gone\.ndjson cannot be read \(ENOENT\)/],
      [[], /needs EXPORT/],
    ];
    for (const [args, expected] of cases) {
      const { code, error } = await runCommand(['verify', ...args]);
      assert.equal(code, 2, args.join(' '));
      assert.match(error, expected);
    }
  });

  it('calls an export without any event incomplete', async () => {
    const { code, out } = await runCommand(['verify', fileOf('none.ndjson', ''), '--key', KEY]);
    assert.equal(code, 1);
    assert.match(out, /there is no event of a stream/);
  });

  it('says so when the export holds other things too, or a damaged end', async () => {
    const file = fileOf('mixed.json', `[{"a":1},${JSON.stringify({ _raw: WORLD.texts()[0] })},!`);
    const { out } = await runCommand(['verify', file, '--key', KEY]);
    assert.match(out, /1 items without an event of a stream \(the first is item 1\)/);
    assert.match(out, /no JSON object begins at byte/);
  });

  it('holds decisions against their key: those that do not fit are found, and a wrong file is refused', async () => {
    const file = fileOf('decisions.ndjson', WORLD.texts().join('\n'));
    const pem = createPublicKey(EXAMPLE_SIGNING_KEY).export({ format: 'pem', type: 'spki' });
    const key = fileOf('decision-key.pem', pem);
    const held = await runCommand(['verify', file, '--key', KEY, '--decision-key', key, ...AS_OF]);
    // The decisions of this world have signatures of the right form only.
    assert.deepEqual([held.code, /decision_wrong_key/.test(held.out)], [1, true], held.out);
    const bad = await runCommand(['verify', file, '--key', KEY, '--decision-key', `a=${file}`, ...AS_OF]);
    assert.deepEqual([bad.code, /--decision-key .*no public key in PEM/.test(bad.error)], [2, true]);
  });
});

function csvOf(texts: readonly string[]): string {
  return ['_raw', ...texts.map((text) => `"${text.replaceAll('"', '""')}"`)].join('\n');
}
