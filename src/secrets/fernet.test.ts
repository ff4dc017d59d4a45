import assert from 'node:assert/strict';
import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { isFernetToken, MAX_FERNET_CHARS, openFernet } from './fernet.ts';
import { UnsealError } from './unseal-error.ts';

/** https://github.com/fernet/spec: generate.json and verify.json hold this one token. */
const PUBLISHED = {
  token:
    'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==',
  secret: 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=',
  src: 'hello',
};
const PUBLISHED_KEY = Buffer.from(PUBLISHED.secret, 'base64url');

/** Those of invalid.json that are wrong whatever the time is; they are of the draft without a version byte, too. */
const PUBLISHED_INVALID = {
  'incorrect mac':
    'rn9hs9yS0GVWjk4hH822VIwQUWz-_WZWCLzsD7SgV2IAAAAAHcCesAABAgMEBQYHCAkKCwwNDg8tNtXKRlVimf3hMAhjOASy',
  'too short': '91GVdgz7jmWR6vJiViEA4u-LhVMhCSr87INSeFwwkYAAAAAAHcCesAABAgMEBQYHCAkKCw==',
  'invalid base64':
    '%%%%%%%%%%%j-ztUarjDIfllJBmLiBMjfcmZesHVIhcAAAAAHcCesAABAgMEBQYHCAkKCwwNDg8tNtXKRlVimf3hMAhjOASy',
  'payload size not multiple of block size':
    'r-pDJRzyfnW4rYfh-gZek3qA3lnFG8fGaf0qgmZlPL8AAAAAHcCesAABAgMEBQYHCAkKCwwNDg8tNtXKRlVimf3hMAhjOAQ=',
  'payload padding error':
    'ApoqRxzlU8Z9-mPSV6ufXeIgKugRjI_-ugnnqqoCTjQAAAAAHcCesAABAgMEBQYHCAkKCwwNDg91rx5fbHkRnpZBxpOuEAjd',
  'incorrect IV (causes padding error)':
    'fe5sCHPyF13H837yvtc65xAlWfXXP3fEUX_jMiB74EwAAAAAHcCesHV0d3ZxcHNyfXx_fnl4e3otNtXKRlVimf3hMAhjOASy',
};

interface Made {
  readonly version?: number;
  readonly plain?: Uint8Array;
  /** In place of what encrypting gives. */
  readonly cipher?: Uint8Array;
}

/** A token with a right signature, whatever is inside. */
function make(key: Uint8Array, { version = 0x80, plain = Buffer.from('hello'), cipher }: Made = {}): string {
  const iv = randomBytes(16);
  const aes = createCipheriv('aes-128-cbc', key.subarray(16), iv);
  const body = cipher ?? Buffer.concat([aes.update(plain), aes.final()]);
  const signed = Buffer.concat([Buffer.from([version, 0, 0, 0, 0, 0x68, 0, 0, 0]), iv, body]);
  const mac = createHmac('sha256', key.subarray(0, 16)).update(signed).digest();
  const text = Buffer.concat([signed, mac]).toString('base64url');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

function codeOf(token: string, key: Uint8Array = PUBLISHED_KEY): string {
  try {
    return `opened: ${openFernet(token, key)}`;
  } catch (error) {
    assert.ok(error instanceof UnsealError, String(error));
    assert.ok(token === '' || !error.message.includes(token), 'the token is not repeated');
    return error.code;
  }
}

test('the published token opens, with and without its padding, however old it is', () => {
  assert.equal(openFernet(PUBLISHED.token, PUBLISHED_KEY), PUBLISHED.src);
  assert.equal(openFernet(PUBLISHED.token.replaceAll('=', ''), PUBLISHED_KEY), PUBLISHED.src);
  assert.ok(isFernetToken(PUBLISHED.token));
  assert.ok(!isFernetToken('v1.k-first.AAAA.BBBB'));
});

for (const [what, token] of Object.entries(PUBLISHED_INVALID)) {
  test(`the published invalid token is refused: ${what}`, () => {
    assert.match(codeOf(token), /^(malformed|wrong_context)$/);
  });
}

test('tokens that only their signature holds together are refused by their own fault', () => {
  const key = randomBytes(32);
  assert.equal(codeOf(make(key), key), 'opened: hello');
  assert.equal(codeOf(make(key, { plain: Buffer.from('é€😀') }), key), 'opened: é€😀');
  assert.equal(codeOf(make(key, { plain: Buffer.alloc(0) }), key), 'opened: ');
  assert.equal(codeOf(make(key), randomBytes(32)), 'wrong_context');
  assert.equal(codeOf(make(key, { version: 0x81 }), key), 'malformed');
  assert.equal(codeOf(make(key, { cipher: Buffer.alloc(0) }), key), 'malformed');
  assert.equal(codeOf(make(key, { cipher: randomBytes(24) }), key), 'malformed');
  assert.equal(codeOf(make(key, { plain: Buffer.from([0xff, 0xfe]) }), key), 'malformed');
});

test('no padding that could be forged is told apart from a wrong signature', () => {
  const bytes = Buffer.from(PUBLISHED.token, 'base64url');
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    assert.equal(codeOf(changed.toString('base64url')), index === 0 ? 'malformed' : 'wrong_context');
  }
});

test('texts that are no tokens are refused, however long', () => {
  const hostile = ['', '==', 'gAAAAA', `${PUBLISHED.token}=`, `${PUBLISHED.token}\n`, ` ${PUBLISHED.token}`];
  for (const text of [...hostile, 'gAAAA'.padEnd(MAX_FERNET_CHARS + 4, 'A'), '\u0000', '💣']) {
    assert.equal(codeOf(text), 'malformed', text.slice(0, 40));
  }
});
