import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createKeyFile } from './create-key-file.ts';
import { createSealer, keyIdOf } from './create-sealer.ts';
import { fingerprint } from './fingerprint.ts';
import { parseKeyText } from './key-text.ts';
import { loadKeyFile } from './load-key-file.ts';
import { UnsealError } from './unseal-error.ts';

const CONTEXT = { workspaceId: 'ws', destinationId: 'd-1', field: 'token' };
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const FIRST = { keyId: 'k-first', key: randomBytes(32) };
const SECOND = { keyId: 'k-second', key: randomBytes(32) };

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof UnsealError);
    return error.code;
  }
  return 'opened';
}

describe('createSealer', () => {
  it('opens what it sealed, and never gives the same text twice', () => {
    const sealer = createSealer([FIRST]);
    for (const plain of ['', 'token', 'é€😀\n'])
      assert.equal(sealer.open(sealer.seal(plain, CONTEXT), CONTEXT), plain);
    assert.notEqual(sealer.seal('token', CONTEXT), sealer.seal('token', CONTEXT));
    assert.equal(keyIdOf(sealer.seal('token', CONTEXT)), 'k-first');
  });

  it('does not open a value in another workspace, destination or field', () => {
    const sealer = createSealer([FIRST]);
    const sealed = sealer.seal('token', CONTEXT);
    for (const other of [{ workspaceId: 'ws-2' }, { destinationId: 'd-2' }, { field: 'client_key_pem' }]) {
      assert.equal(
        codeOf(() => sealer.open(sealed, { ...CONTEXT, ...other })),
        'wrong_context',
      );
    }
  });

  it('does not open a value of which any byte was changed', () => {
    const sealer = createSealer([FIRST]);
    const [version, keyId, nonce = '', body = ''] = sealer.seal('token', CONTEXT).split('.');
    for (const [part, text] of [
      ['nonce', nonce],
      ['body', body],
    ] as const) {
      const bytes = Buffer.from(text, 'base64url');
      for (let index = 0; index < bytes.length; index += 1) {
        const changed = Buffer.from(bytes);
        changed[index] = (changed[index] ?? 0) ^ 1;
        const other = changed.toString('base64url');
        const sealed = [
          version,
          keyId,
          part === 'nonce' ? other : nonce,
          part === 'body' ? other : body,
        ].join('.');
        assert.equal(
          codeOf(() => sealer.open(sealed, CONTEXT)),
          'wrong_context',
          `${part} ${index}`,
        );
      }
    }
  });

  it('does not open a value of which any character was changed', () => {
    const sealer = createSealer([FIRST]);
    const sealed = sealer.seal('token', CONTEXT);
    for (let index = 0; index < sealed.length; index += 1) {
      // In the last place of all others too: it has bits that decoding passes over.
      const others = index === sealed.length - 1 ? ALPHABET : 'AB= .+';
      for (const other of others) {
        if (sealed[index] === other) continue;
        const changed = sealed.slice(0, index) + other + sealed.slice(index + 1);
        assert.notEqual(
          codeOf(() => sealer.open(changed, CONTEXT)),
          'opened',
          `${other} at ${index}`,
        );
      }
      assert.notEqual(
        codeOf(() => sealer.open(sealed.slice(0, index), CONTEXT)),
        'opened',
        `cut at ${index}`,
      );
    }
  });

  it('tells contexts apart whose parts only join to the same text', () => {
    const sealer = createSealer([FIRST]);
    const sealed = sealer.seal('token', { workspaceId: 'a', destinationId: 'b","c', field: 'd' });
    assert.equal(
      codeOf(() => sealer.open(sealed, { workspaceId: 'a', destinationId: 'b', field: 'c","d' })),
      'wrong_context',
    );
  });

  it('refuses to seal half a character, which would come back as another', () => {
    assert.throws(() => createSealer([FIRST]).seal('\ud800', CONTEXT), TypeError);
  });

  it('needs a key, and a whole one', () => {
    assert.throws(() => createSealer([]), TypeError);
    assert.throws(() => createSealer([{ keyId: 'k', key: randomBytes(31) }]), /has not 32 bytes/);
  });

  it('opens with any loaded key, seals with the first, and names a key that is missing', () => {
    const sealed = createSealer([FIRST]).seal('token', CONTEXT);
    assert.equal(createSealer([SECOND, FIRST]).open(sealed, CONTEXT), 'token');
    assert.equal(createSealer([SECOND, FIRST]).keyId, 'k-second');
    assert.throws(() => createSealer([SECOND]).open(sealed, CONTEXT), /k-first is not loaded/);
    assert.equal(
      codeOf(() => createSealer([SECOND]).open(sealed, CONTEXT)),
      'key_missing',
    );
  });

  it('calls everything else malformed', () => {
    const sealer = createSealer([FIRST]);
    for (const text of [
      '',
      'token',
      'v1.k-first.AAAA.BBBB',
      'v2.k-first.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAA',
      `${sealer.seal('x', CONTEXT)}.y`,
    ]) {
      assert.equal(
        codeOf(() => sealer.open(text, CONTEXT)),
        'malformed',
        text,
      );
    }
  });
});

describe('key files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-keys-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('are made with one key that only the owner can read, and never over another file', () => {
    const path = join(folder, 'deep', 'master-key');
    const made = createKeyFile(path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(loadKeyFile(path), [{ keyId: made.keyId, key: Buffer.from(made.key) }]);
    const before = readFileSync(path, 'utf8');
    assert.throws(() => createKeyFile(path), { code: 'EEXIST' });
    assert.equal(readFileSync(path, 'utf8'), before);
  });

  it('are refused when others may read them', () => {
    const path = join(folder, 'open-key');
    createKeyFile(path);
    chmodSync(path, 0o644);
    assert.throws(() => loadKeyFile(path), /others may use it \(mode 644\); set it to 600/);
  });

  it('may be read by the group when they belong to root, as container platforms set them', (t) => {
    if (process.getuid?.() !== 0) return t.skip('only root can make a file of root');
    const path = join(folder, 'mounted-key');
    createKeyFile(path);
    chmodSync(path, 0o440);
    assert.equal(loadKeyFile(path).length, 1);
    for (const mode of [0o444, 0o460, 0o604]) {
      chmodSync(path, mode);
      assert.throws(() => loadKeyFile(path), /others may use it/);
    }
    chmodSync(path, 0o440);
    chownSync(path, 12_345, 12_345);
    assert.throws(() => loadKeyFile(path), /others may use it/);
    return undefined;
  });

  it('are refused when they are folders or far too large', () => {
    assert.throws(() => loadKeyFile(folder), /it is not a file/);
    const path = join(folder, 'large');
    writeFileSync(path, '#'.repeat(70_000), { mode: 0o600 });
    assert.throws(() => loadKeyFile(path), /70000 bytes; that is no key file/);
  });

  it('may hold comments, blank lines, Windows line ends and base64url', () => {
    const first = randomBytes(32);
    const second = randomBytes(32);
    const text = `# keys\r\n\r\nk-1\t${first.toString('base64')}\r\n  k-2 ${second.toString('base64url')}  \n`;
    assert.deepEqual(parseKeyText(text), [
      { keyId: 'k-1', key: first },
      { keyId: 'k-2', key: second },
    ]);
  });

  const good = randomBytes(32).toString('base64');
  const BAD: readonly (readonly [string, RegExp])[] = [
    ['', /holds no key/],
    ['# only a comment\n', /holds no key/],
    [`k-1 ${Buffer.alloc(32).toString('base64')}`, /line 1: the key is a placeholder/],
    [`k-1 ${Buffer.from('a7b3'.repeat(16), 'hex').toString('base64')}`, /line 1: the key is a placeholder/],
    [`k-1 ${Buffer.alloc(16, 7).toString('base64')}`, /line 1: the key has 16 bytes instead of 32/],
    [
      `k-1 ${Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')}`,
      /count up or down/,
    ],
    [`k-1 ${Buffer.from('change-me-change-me-change-me-32').toString('base64')}`, /readable text/],
    [`k-1 ${good}AAAA`, /line 1: the key is not base64/],
    [`\nk-1`, /line 2 is not "KEY_ID BASE64"/],
    [`k-1 ${good}\nk-1 ${good}`, /line 2 repeats the key id k-1/],
    [`k.1 ${good}`, /line 1 is not/],
  ];
  for (const [text, message] of BAD) {
    it(`are refused with one clear line: ${message.source}`, () => {
      const path = join(folder, 'bad-key');
      writeFileSync(path, text, { mode: 0o600 });
      assert.throws(() => loadKeyFile(path), message);
      assert.throws(
        () => parseKeyText(text),
        (error: Error) => !error.message.includes(good),
      );
    });
  }
});

describe('fingerprint', () => {
  it('is the same for the same secret and key only, and short', () => {
    assert.equal(fingerprint('a', FIRST.key), fingerprint('a', FIRST.key));
    assert.notEqual(fingerprint('a', FIRST.key), fingerprint('b', FIRST.key));
    assert.notEqual(fingerprint('a', FIRST.key), fingerprint('a', SECOND.key));
    assert.match(fingerprint('a', FIRST.key), /^[0-9a-f]{12}$/);
  });
});
