/** Where the master key comes from, and every way in which it can be wrong: one clear line, before anything is served. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkpointKeyContext } from './delivery/checkpoint-keyring.ts';
import { type KeySource, keySource } from './key-source.ts';
import { masterKeys } from './master-key.ts';
import { createSealer } from './secrets/create-sealer.ts';
import { runKeyCommand, splitKeyCommand } from './secrets/run-key-command.ts';
import type { SealingKey } from './secrets/sealing-key.ts';
import { StartError } from './start-error.ts';
import type { SealedRow } from './store/sealed-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-master-key-'));
after(() => rmSync(folder, { recursive: true }));

const KEY = randomBytes(32);
const GOOD = `k-1 ${KEY.toString('base64')}`;

const EMPTY = { countSealed: () => Promise.resolve([]), listSealed: () => Promise.resolve([]) };

/** A store that holds one checkpoint key, sealed by `key`. */
function storeOf(key: SealingKey): typeof EMPTY {
  const value = createSealer([key]).seal('private', checkpointKeyContext('cp-1'));
  const row: SealedRow = {
    kind: 'checkpoint_key',
    id: 'cp-1',
    workspaceId: '',
    sealed: { private_key: value },
    fingerprints: {},
    stored: value,
  };
  return {
    countSealed: () => Promise.resolve([{ keyId: key.keyId, values: 1 }]),
    listSealed: () => Promise.resolve([row]),
  } as unknown as typeof EMPTY;
}

function fileWith(text: string): KeySource {
  const path = join(folder, `key-${randomBytes(4).toString('hex')}`);
  writeFileSync(path, text, { mode: 0o600 });
  return { kind: 'file', path };
}

function commandThatSays(text: string): KeySource {
  const program = `process.stdout.write(${JSON.stringify(text)})`;
  return { kind: 'command', command: JSON.stringify([process.execPath, '-e', program]) };
}

const SOURCES: Readonly<Record<string, (text: string) => KeySource>> = {
  'a file': fileWith,
  'the environment': (text) => ({ kind: 'environment', text }),
  'a command': commandThatSays,
};

const example = 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=';
const WRONG: readonly (readonly [what: string, text: string, says: RegExp])[] = [
  ['nothing', '', /holds no key/],
  ['a short key', `k-1 ${randomBytes(16).toString('base64')}`, /16 bytes instead of 32/],
  ['a key in hex', `k-1 ${KEY.toString('hex')}`, /48 bytes instead of 32/],
  ['an all-zero key', `k-1 ${Buffer.alloc(32).toString('base64')}`, /placeholder/],
  [
    'a typed key',
    `k-1 ${Buffer.from('secret-secret-secret-secret-1234').toString('base64')}`,
    /readable text/,
  ],
  ['a published example', `k-1 ${example}`, /published example/],
  ['a published example for Fernet', `${GOOD}\nfernet old ${example}`, /published example/],
  ['only a Fernet key, which seals nothing', `fernet old ${randomBytes(32).toString('base64')}`, /no key/],
  ['a key without a name', KEY.toString('base64'), /line 1 is not "KEY_ID BASE64"/],
  ['two keys of one name', `${GOOD}\n${GOOD}`, /repeats the key id/],
];

for (const [source, from] of Object.entries(SOURCES)) {
  test(`${source} gives the keys of a start`, async () => {
    const keys = await masterKeys({ sealed: EMPTY, source: from(`# comment\n${GOOD}\n`) });
    assert.deepEqual(
      keys.map(({ keyId, key }) => [keyId, Buffer.from(key)]),
      [['k-1', KEY]],
    );
  });

  for (const [what, text, says] of WRONG) {
    test(`${what} from ${source} stops the start with one line that repeats no key`, async () => {
      await assert.rejects(masterKeys({ sealed: EMPTY, source: from(text) }), (error) => {
        assert.ok(error instanceof StartError, String(error));
        assert.equal(error.code, 'key_file_unusable');
        assert.match(error.message, says);
        assert.ok(!error.message.includes('\n'));
        for (const part of text.split(/\s+/).filter((word) => word.length > 20)) {
          assert.ok(!error.message.includes(part), 'no key in the message');
        }
        return true;
      });
    });
  }

  test(`another key under the right id from ${source} stops the start, the right one does not`, async () => {
    const store = storeOf({ keyId: 'k-1', key: KEY });
    await masterKeys({ sealed: store, source: from(GOOD) });
    await assert.rejects(
      masterKeys({ sealed: store, source: from(`k-1 ${randomBytes(32).toString('base64')}`) }),
      (error) =>
        error instanceof StartError && error.code === 'key_wrong' && /under the id k-1/.test(error.message),
    );
    await assert.rejects(
      masterKeys({ sealed: store, source: from(`k-2 ${randomBytes(32).toString('base64')}`) }),
      (error) =>
        error instanceof StartError && error.code === 'key_missing' && /lacks k-1/.test(error.message),
    );
  });
}

test('tokens of the original system in the store need a Fernet key', async () => {
  const store = { ...EMPTY, countSealed: () => Promise.resolve([{ keyId: 'fernet', values: 3 }]) };
  await assert.rejects(
    masterKeys({ sealed: store, source: { kind: 'environment', text: GOOD } }),
    (error) =>
      error instanceof StartError && error.code === 'key_missing' && /lacks fernet/.test(error.message),
  );
  const text = `fernet old ${randomBytes(32).toString('base64url')};${GOOD}`;
  const keys = await masterKeys({ sealed: store, source: { kind: 'environment', text } });
  assert.deepEqual(
    keys.map(({ keyId, form }) => [keyId, form]),
    [
      ['k-1', undefined],
      ['old', 'fernet'],
    ],
  );
});

test('a key file is made only where it is asked for, and for a store without sealed values', async () => {
  const path = join(folder, 'made');
  const source = { kind: 'file', path } as const;
  await assert.rejects(masterKeys({ sealed: EMPTY, source }), StartError);
  const store = storeOf({ keyId: 'k-1', key: KEY });
  await assert.rejects(masterKeys({ sealed: store, source, onMade: () => undefined }), /is not there/);
  assert.ok(!existsSync(path));
  const made: string[] = [];
  await masterKeys({ sealed: EMPTY, source, onMade: (at) => void made.push(at) });
  assert.deepEqual(made, [path]);
});

test('two sources are one too many', () => {
  const none = { keyFile: '', masterKey: '', masterKeyCommand: '' };
  assert.equal(keySource(none, undefined), undefined);
  assert.deepEqual(keySource(none, '/data/master-key'), { kind: 'file', path: '/data/master-key' });
  for (const two of [
    { keyFile: '/keys', masterKey: GOOD },
    { keyFile: '/keys', masterKeyCommand: 'print-key' },
    { masterKey: GOOD, masterKeyCommand: 'print-key' },
  ]) {
    assert.throws(
      () => keySource({ ...none, ...two }, '/data/master-key'),
      (error) =>
        error instanceof StartError && error.code === 'key_source_ambiguous' && !error.message.includes(GOOD),
    );
  }
});

test('a command is split at its spaces or taken from a JSON list, and no shell sees it', async () => {
  assert.deepEqual(splitKeyCommand('vault  kv\tget'), ['vault', 'kv', 'get']);
  assert.deepEqual(splitKeyCommand('["a b", "$HOME"]'), ['a b', '$HOME']);
  for (const wrong of ['', '  ', '[', '[]', '[1]', '[""]', '["a\\u0000"]']) {
    assert.equal(splitKeyCommand(wrong), undefined, wrong);
  }
  const echo = join(folder, 'echo.mjs');
  writeFileSync(
    echo,
    `console.log('k-1 ${KEY.toString('base64')} #'.slice(0, -2)); console.error(process.argv.slice(2).join('|'))`,
  );
  const keys = await runKeyCommand(JSON.stringify([process.execPath, echo, '$(touch x)', '; ls']));
  assert.equal(keys.length, 1);
});

test('a command that fails, hangs or says too much is named by what happened and by nothing that it wrote', async () => {
  const node = (program: string): string => JSON.stringify([process.execPath, '-e', program]);
  const table: readonly (readonly [string, RegExp])[] = [
    [join(folder, 'not-there'), /the program is not there/],
    [node('console.error("CANARY"); process.exit(3)'), /status 3/],
    [node('console.log("CANARY"); process.kill(process.pid, "SIGTERM")'), /ended by SIGTERM/],
    [
      node('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("CANARY")'),
      /did not end within 0\.5 s/,
    ],
    [node('process.stdout.write("CANARY".repeat(100000))'), /wrote more than/],
    [node('console.log("k-1 CANARY")'), /line 1/],
  ];
  for (const [command, says] of table) {
    await assert.rejects(runKeyCommand(command, 500), (error: Error) => {
      assert.match(error.message, says);
      assert.ok(!error.message.includes('CANARY') && error.cause === undefined);
      return true;
    });
  }
  const closed = join(folder, 'not-executable');
  writeFileSync(closed, '');
  chmodSync(closed, 0o600);
  await assert.rejects(runKeyCommand(closed), /may not be run/);
});
