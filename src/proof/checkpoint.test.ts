import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Checkpoint, SignedCheckpoint } from './checkpoint.ts';
import { checkpointBody } from './checkpoint-body.ts';
import {
  isSignedBy,
  makeCheckpointKey,
  openCheckpointKey,
  privateKeyDer,
  publicKeyBase64,
  publicKeyPem,
  readNextKey,
  readPublicKey,
  signCheckpoint,
} from './checkpoint-key.ts';
import { checkpointSha256, checkpointStatement } from './checkpoint-statement.ts';
import { readCheckpoint } from './read-checkpoint.ts';

/** The private key of the first test vector of RFC 8032, section 7.1: known to everybody, and of use for nothing else. */
const KEY = openCheckpointKey(
  Buffer.from(
    '302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'hex',
  ),
);

const CHECKPOINT: Checkpoint = {
  stream: '5f0a1d3c-8f0e-4b59-9d55-2f6b1c7e9a10',
  epoch: '9f3c5a7b1e2d4f60',
  seq: 9,
  fromSeq: 5,
  toSeq: 8,
  delivered: 1,
  tombstoned: 2,
  checkpoints: 1,
  leftOut: 7,
  tombstones: [{ from: 6, to: 7 }],
  untaken: [{ seq: 7, sha256: 'ab'.repeat(32) }],
  filters: ['none', '0123456789abcdef'],
  root: 'cd'.repeat(32),
  placesEach: 2,
  parts: ['01'.repeat(32), '02'.repeat(32)],
  previous: { epoch: '9f3c5a7b1e2d4f60', seq: 4, sha256: 'ef'.repeat(32) },
  madeAtMs: 1_795_166_130_412,
  nextDueMs: 1_795_166_430_412,
  keyId: KEY.keyId,
};

const STATEMENT = `aegis-siem checkpoint 1
stream 5f0a1d3c-8f0e-4b59-9d55-2f6b1c7e9a10
epoch 9f3c5a7b1e2d4f60
seq 9
from_seq 5
to_seq 8
delivered 1
tombstoned 2
checkpoints 1
left_out 7
tombstones 6-7
untaken 7:${'ab'.repeat(32)}
filters none,0123456789abcdef
root ${'cd'.repeat(32)}
previous 9f3c5a7b1e2d4f60/4/${'ef'.repeat(32)}
made_at 2026-11-20T09:15:30.412Z
next_due 2026-11-20T09:20:30.412Z
key_id ${KEY.keyId}
next_key -
`;

function changed(body: object, change: object): unknown {
  return { ...body, ...change };
}

describe('a checkpoint', () => {
  it('is signed over one published text', () => {
    assert.equal(checkpointStatement(CHECKPOINT), STATEMENT);
  });

  it('comes back from its body as it was', () => {
    const nextKey = { keyId: KEY.keyId, publicKey: publicKeyBase64(KEY) };
    const { nextDueMs: _due, previous: _previous, ...first } = CHECKPOINT;
    const empty = { fromSeq: 9, toSeq: 8, delivered: 0, tombstoned: 0, checkpoints: 0, tombstones: [] };
    const cases: Checkpoint[] = [
      CHECKPOINT,
      { ...CHECKPOINT, nextKey },
      { ...CHECKPOINT, chain: { linkNo: 7, sha256: '12'.repeat(32) } },
      { ...first, ...empty, untaken: [], parts: [], placesEach: 1 },
    ];
    for (const checkpoint of cases) {
      const signed = signCheckpoint(checkpoint, KEY);
      const read = readCheckpoint(JSON.parse(JSON.stringify(checkpointBody(signed))));
      assert.deepEqual(read, { ok: true, checkpoint: signed });
    }
  });

  it('is proved by its key, and by no other', () => {
    const signed = signCheckpoint(CHECKPOINT, KEY);
    assert.ok(isSignedBy(signed, readPublicKey(publicKeyPem(KEY))));
    assert.equal(isSignedBy(signed, makeCheckpointKey()), false);
    assert.equal(isSignedBy({ ...signed, signature: '' }, KEY), false);
  });

  it('is proved no more when any statement of it is another', () => {
    const signed = signCheckpoint(CHECKPOINT, KEY);
    const others: Partial<SignedCheckpoint>[] = [
      { stream: 's' },
      { epoch: 'e' },
      { seq: 10 },
      { fromSeq: 4 },
      { toSeq: 7 },
      { delivered: 2 },
      { tombstoned: 1 },
      { checkpoints: 0 },
      { leftOut: 6 },
      { tombstones: [{ from: 6, to: 6 }] },
      { untaken: [] },
      { filters: ['none'] },
      { root: 'ce'.repeat(32) },
      { previous: { epoch: 'e', seq: 4, sha256: 'ef'.repeat(32) } },
      { madeAtMs: 0 },
      { nextDueMs: 0 },
      { keyId: '0'.repeat(16) },
      { nextKey: { keyId: KEY.keyId, publicKey: '' } },
      { chain: { linkNo: 7, sha256: '12'.repeat(32) } },
    ];
    for (const other of others) {
      assert.equal(isSignedBy({ ...signed, ...other }, KEY), false, JSON.stringify(other));
      assert.notEqual(checkpointSha256({ ...signed, ...other }), checkpointSha256(signed));
    }
    const { nextDueMs: _due, ...stopped } = signed;
    assert.equal(isSignedBy(stopped, KEY), false);
  });

  it('is refused, with the field, when it contradicts itself or could be read in two ways', () => {
    const body = checkpointBody(signCheckpoint(CHECKPOINT, KEY));
    const cases: [object, string][] = [
      [{ format: 2 }, 'format'],
      [{ stream: 'a\nepoch b' }, 'stream'],
      [{ epoch: '' }, 'epoch'],
      [{ seq: 8 }, 'to_seq'],
      [{ seq: 9.5 }, 'seq'],
      [{ to_seq: 3 }, 'to_seq'],
      [{ delivered: 2 }, 'delivered'],
      [{ tombstones: '6' }, 'tombstones'],
      [{ tombstones: '8-9' }, 'tombstones'],
      [{ untaken: [{ seq: 5, sha256: 'ab'.repeat(32) }] }, 'untaken'],
      [{ filters: ['a b'] }, 'filters'],
      [{ root: 'cd' }, 'root'],
      [{ places_each: 3 }, 'parts'],
      [{ parts: '' }, 'parts'],
      [{ made_at: 'today' }, 'made_at'],
      [{ made_at: '2026-13-20T09:15:30.412Z' }, 'made_at'],
      [{ stopped: true }, 'next_due'],
      [{ next_due: undefined }, 'next_due'],
      [{ previous: [] }, 'previous'],
      [{ key_id: 'x' }, 'key_id'],
      [{ chain: [] }, 'chain'],
      [{ chain: { link: 0, sha256: '12'.repeat(32) } }, 'link'],
    ];
    for (const [change, path] of cases) {
      const read = readCheckpoint(changed(body, change));
      assert.equal(read.ok ? undefined : read.refusal.path, path, JSON.stringify(change));
    }
    for (const value of [null, 1, 'x', []]) assert.equal(readCheckpoint(value).ok, false);
  });

  it('without a signature is read as one that nobody signed', () => {
    const body = checkpointBody(signCheckpoint(CHECKPOINT, KEY));
    for (const signature of [undefined, 1, 'not base64!']) {
      const read = readCheckpoint(changed(body, { signature }));
      assert.equal(read.ok && read.checkpoint.signature, '');
    }
  });
});

describe('a checkpoint key', () => {
  it('comes back from its private part, and its public part from PEM and from a checkpoint', () => {
    const key = makeCheckpointKey();
    assert.equal(openCheckpointKey(privateKeyDer(key)).keyId, key.keyId);
    assert.equal(readPublicKey(publicKeyPem(key)).keyId, key.keyId);
    assert.equal(readNextKey(publicKeyBase64(key))?.keyId, key.keyId);
    assert.match(key.keyId, /^[0-9a-f]{16}$/);
  });

  it('is refused, with what is wrong, when it is private, of another kind or none', () => {
    const { privateKey } = makeCheckpointKey();
    const privatePem = privateKey.export({ format: 'pem', type: 'pkcs8' });
    assert.throws(() => readPublicKey(privatePem), /private key/);
    assert.throws(() => readPublicKey('hello'), /no public key/);
    const x25519 = createPublicKey(
      createPrivateKey({
        key: Buffer.from(`302e020100300506032b656e04220420${'11'.repeat(32)}`, 'hex'),
        format: 'der',
        type: 'pkcs8',
      }),
    );
    const otherPem = x25519.export({ format: 'pem', type: 'spki' });
    assert.throws(() => readPublicKey(otherPem), /x25519.*Ed25519/);
    assert.equal(readNextKey('AAAA'), undefined);
  });
});
