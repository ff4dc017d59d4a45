import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { signCheckpoint } from '../proof/checkpoint-key.ts';
import { checkpointBody } from '../proof/checkpoint-body.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import { KEYS, type SentPlace, StreamWorld } from '../../test/verify/stream-world.ts';
import { faultsOf, findingsOf, verifyTexts } from '../../test/verify/verify-texts.ts';

const HOUR_MS = 3_600_000;

/** Numbers 1 to 5, checkpoint 6; 7 to 10 with a tombstone at 8, checkpoint 11; an idle one at 12; 13 and 14, checkpoint 15. */
function fullWorld(): StreamWorld {
  const world = new StreamWorld();
  world.send(5);
  world.checkpoint();
  world.send(1);
  world.sendRefused();
  world.send(2);
  world.checkpoint();
  world.checkpoint();
  world.send(2);
  world.checkpoint();
  return world;
}

function without(world: StreamWorld, ...seqs: readonly number[]): string[] {
  return world.sent.filter(({ seq }) => !seqs.includes(seq)).map(({ text }) => text);
}

function withText(world: StreamWorld, seq: number, change: (place: SentPlace) => string): string[] {
  return world.sent.map((place) => (place.seq === seq ? change(place) : place.text));
}

describe('verify on events with a fingerprint', () => {
  const made = (): StreamWorld => {
    const world = new StreamWorld({ ocsf: { classUid: 2004, version: '1.9.0', recordIntegrity: true } });
    world.send(3);
    world.sendRefused();
    world.checkpoint();
    world.send(2);
    return world;
  };

  it('counts those that are what their fingerprint says: events, tombstones, checkpoints', () => {
    const verdict = verifyTexts(made());
    assert.deepEqual(faultsOf(verdict), []);
    assert.equal(verdict.streams[0]?.fittingFingerprints, 7);
  });

  it('names the number of one that was edited, after the last checkpoint too', () => {
    const world = made();
    const edited = [2, 4, 7].reduce(
      (texts, seq) =>
        texts.toSpliced(seq - 1, 1, (texts[seq - 1] ?? '').replace(/"message":"./, '"message":"X')),
      world.texts(),
    );
    const verdict = verifyTexts(world, edited);
    assert.deepEqual(
      findingsOf(verdict)
        .filter(({ message }) => message.includes('fingerprint'))
        .map(({ name, severity, fromSeq }) => [name, severity, fromSeq]),
      [2, 4, 7].map((seq) => ['edited', 'fault', seq]),
    );
    assert.equal(verdict.streams[0]?.fittingFingerprints, 4);
  });

  it('finds one that was put under another number, or whose text has no canonical form', () => {
    const world = made();
    const moved = (world.texts()[6] ?? '').replaceAll('"seq":7', '"seq":8');
    const broken = (world.texts()[5] ?? '').replace(/"message":"/, String.raw`"message":"\ud800`);
    const verdict = verifyTexts(world, [...world.texts().slice(0, 5), broken, moved]);
    const found = findingsOf(verdict).filter(({ name }) => name === 'edited');
    assert.deepEqual(
      found.map(({ fromSeq }) => fromSeq),
      [6, 8],
    );
  });

  it('is over the JSON and not over its bytes: what was written anew still fits', () => {
    const world = made();
    const anew = world.texts().map((text) => JSON.stringify(JSON.parse(text), null, 1));
    const verdict = verifyTexts(world, anew);
    assert.equal(verdict.streams[0]?.fittingFingerprints, 7);
    assert.deepEqual(
      new Set(findingsOf(verdict).map(({ name }) => name)),
      new Set(['reserialised', 'unproven']),
    );
  });
});

describe('verify on a stream as it was sent', () => {
  it('finds it complete, in whatever order it is exported', () => {
    const world = fullWorld();
    const random = seededRandom(11);
    const shuffled = world.texts().toSorted(() => random() - 0.5);
    for (const texts of [world.texts(), world.texts().toReversed(), shuffled]) {
      const verdict = verifyTexts(world, texts);
      assert.deepEqual(findingsOf(verdict), []);
      assert.ok(verdict.complete);
    }
    const [stream] = verifyTexts(world).streams;
    assert.equal(stream?.delivered, 10);
    assert.equal(stream?.tombstoned, 1);
    assert.equal(stream?.provenCheckpoints, 4);
    assert.equal(stream?.last?.sha256, world.lastCheckpointSha256);
  });

  it('finds it complete when an event arrived beside its tombstone, and when nobody took the tombstone', () => {
    const world = new StreamWorld();
    world.send(2);
    world.sendRefused({ eventArrived: true });
    world.sendRefused({ untaken: true });
    world.send(1);
    world.checkpoint();
    const verdict = verifyTexts(world);
    assert.deepEqual(findingsOf(verdict), []);
    assert.equal(verdict.streams[0]?.untaken, 1);
  });

  it('counts what came twice, and does not hold it against completeness', () => {
    const world = fullWorld();
    const verdict = verifyTexts(world, [...world.texts(), ...world.texts().slice(2, 5)]);
    assert.ok(verdict.complete);
    assert.deepEqual(
      findingsOf(verdict).map(({ name, count, fromSeq }) => ({ name, count, fromSeq })),
      [{ name: 'duplicate', count: 3, fromSeq: 3 }],
    );
  });

  it('says what is after the last checkpoint, and does not hold it against completeness', () => {
    const world = fullWorld();
    world.send(4);
    const verdict = verifyTexts(world, without(world, 17));
    assert.ok(verdict.complete);
    const [finding] = findingsOf(verdict);
    assert.equal(finding?.name, 'unproven');
    assert.equal(finding?.count, 4);
    assert.match(finding?.message ?? '', /1 numbers among them are not there/);
  });

  it('judges several streams apart', () => {
    const [one, two] = [fullWorld(), new StreamWorld({ stream: 'other' })];
    two.send(3);
    two.checkpoint();
    const verdict = verifyTexts(one, [...one.texts(), ...two.texts().slice(1)]);
    assert.deepEqual(
      verdict.streams.map(({ stream, complete }) => ({ stream, complete })),
      [
        { stream: one.stream, complete: true },
        { stream: 'other', complete: false },
      ],
    );
    assert.equal(verdict.complete, false);
    assert.ok(verifyTexts(one, one.texts(), { streams: [one.stream] }).complete);
    assert.deepEqual(faultsOf(verifyTexts(one, one.texts(), { streams: [one.stream, 'gone'] })), [
      'unproven',
    ]);
  });
});

describe('verify names what was done to a stream', () => {
  it('an event that is missing, wherever it stood', () => {
    const world = fullWorld();
    for (const { seq } of world.sent.slice(0, -1)) {
      const verdict = verifyTexts(world, without(world, seq));
      const expected = seq === 14 ? `truncated ${seq}` : `gap ${seq}`;
      assert.ok(faultsOf(verdict).includes(expected), `${seq}: ${faultsOf(verdict).join()}`);
      assert.equal(verdict.complete, false);
    }
  });

  it('a tail that is missing: by the time that the last checkpoint promises, or by the numbers that it does', () => {
    const world = fullWorld();
    const cut = world.sent.filter(({ seq }) => seq <= 11).map(({ text }) => text);
    assert.deepEqual(faultsOf(verifyTexts(world, cut)), ['stale 11']);
    assert.deepEqual(faultsOf(verifyTexts(world, without(world, 13, 14))), ['truncated 13-14']);
  });

  it('a byte that is another one, with its number', () => {
    const world = fullWorld();
    for (const seq of [1, 3, 7, 10, 14]) {
      const texts = withText(world, seq, ({ text }) => text.replace('"severity_id":', '"severity_iD":'));
      assert.deepEqual(faultsOf(verifyTexts(world, texts)), [`edited ${seq}`]);
    }
  });

  it('two bodies that changed places', () => {
    const world = fullWorld();
    const [a, b] = [world.sent[1], world.sent[2]];
    const swapped = withText(world, 2, () => renumbered(b?.text, 3, 2));
    swapped[2] = renumbered(a?.text, 2, 3);
    assert.deepEqual(faultsOf(verifyTexts(world, swapped)), ['edited 2', 'edited 3']);
  });

  it('a number that holds another body beside the one that was sent', () => {
    const world = fullWorld();
    const other = (world.sent[2]?.text ?? '').replace('"severity_id":', '"severity_iD":');
    for (const texts of [
      [other, ...world.texts()],
      [...world.texts(), other],
    ])
      assert.deepEqual(faultsOf(verifyTexts(world, texts)), ['edited 3']);
  });

  it('an event under a tombstone that does not stand for it', () => {
    const world = fullWorld();
    const other = renumbered(world.sent[2]?.text, 3, 8);
    assert.deepEqual(faultsOf(verifyTexts(world, [...world.texts(), other])), ['edited 8']);
  });

  it('a checkpoint that was removed, and what it covered', () => {
    const world = fullWorld();
    const faults = faultsOf(verifyTexts(world, without(world, 11)));
    assert.deepEqual(faults.toSorted(), ['gap 11', 'unproven 12', 'unproven 6-10']);
  });

  it('a checkpoint that was changed', () => {
    const world = fullWorld();
    const texts = withText(world, 11, ({ text }) => text.replace('"left_out":0', '"left_out":5'));
    assert.ok(faultsOf(verifyTexts(world, texts)).includes('wrong_key 11'));
  });

  it('a signature by another key under the same name', () => {
    const world = fullWorld();
    const last = world.lastCheckpoint;
    assert.ok(last !== undefined);
    const forged = checkpointBody(signCheckpoint({ ...last, leftOut: 0 }, KEYS[1]));
    const texts = withText(world, 15, ({ text }) => withBody(text, forged));
    assert.ok(faultsOf(verifyTexts(world, texts)).includes('wrong_key 15'));
  });

  it('a key that was not given, and a checkpoint without signature', () => {
    const world = fullWorld();
    const unknown = faultsOf(verifyTexts(world, world.texts(), { keys: [KEYS[1]] }));
    assert.ok(unknown.includes('unknown_key 6') && unknown.includes('unproven'));
    const texts = withText(world, 15, ({ text }) => text.replace(/,"signature":"[^"]*"/, ''));
    assert.ok(faultsOf(verifyTexts(world, texts)).includes('unsigned 15'));
    const damaged = withText(world, 15, ({ text }) => text.replace('"format":1', '"format":9'));
    assert.ok(faultsOf(verifyTexts(world, damaged)).includes('unsigned 15'));
  });

  it('a store that was put back and went on: twice the same numbers', () => {
    const world = fullWorld();
    const restored = world.copy();
    world.send(3);
    world.checkpoint();
    restored.send(3);
    restored.checkpoint();
    const both = [...world.texts(), ...restored.texts().slice(15)];
    const faults = faultsOf(verifyTexts(world, both));
    assert.ok(faults.includes('fork 19'), faults.join());
  });

  it('a store that was put back and went on in a new epoch', () => {
    const world = fullWorld();
    const restored = world.copy();
    world.send(3);
    world.checkpoint();
    restored.openEpoch('e2');
    restored.send(3);
    restored.checkpoint();
    const both = [...world.texts(), ...restored.texts().slice(15)];
    const faults = faultsOf(verifyTexts(world, both));
    assert.ok(faults.includes('fork 4'), faults.join());
  });

  it('records that were put back: a checkpoint names an earlier link of their chain, or another one', () => {
    const later = [
      { linkNo: 8, sha256: 'aa'.repeat(32) },
      { linkNo: 9, sha256: 'bb'.repeat(32) },
    ];
    for (const chain of later) {
      const world = fullWorld();
      world.chain = { linkNo: 9, sha256: 'aa'.repeat(32) };
      world.checkpoint();
      assert.deepEqual(faultsOf(verifyTexts(world)), []);
      world.chain = chain;
      world.checkpoint();
      assert.deepEqual(faultsOf(verifyTexts(world)), [`fork ${world.lastCheckpoint?.seq ?? 0}`]);
    }
  });

  it('notes it only where a new epoch declares that the store was put back', () => {
    const world = fullWorld();
    world.chain = { linkNo: 9, sha256: 'aa'.repeat(32) };
    world.checkpoint();
    world.openEpoch('e2');
    world.chain = { linkNo: 8, sha256: 'aa'.repeat(32) };
    world.checkpoint();
    assert.deepEqual(faultsOf(verifyTexts(world)), []);
    assert.deepEqual(findingsOf(verifyTexts(world)).length, 1);
  });

  it('a filter that is another one, unless it was agreed', () => {
    const world = fullWorld();
    world.filter = 'aaaaaaaaaaaaaaaa';
    world.send(1);
    world.checkpoint({ leftOut: 3 });
    assert.deepEqual(faultsOf(verifyTexts(world)), ['filter_changed 18']);
    const agreed = { acceptedFilters: ['none', 'aaaaaaaaaaaaaaaa'] };
    assert.deepEqual(faultsOf(verifyTexts(world, world.texts(), agreed)), []);
    assert.equal(verifyTexts(world).streams[0]?.leftOut, 3);
  });

  it('a redaction that is another one, beside a filter that stays, unless it was agreed', () => {
    const world = fullWorld();
    world.filter = 'none+bbbbbbbbbbbbbbbb';
    world.send(1);
    world.checkpoint();
    assert.deepEqual(faultsOf(verifyTexts(world)), ['redaction_changed 17']);
    const agreed = { acceptedFilters: ['none', 'none+bbbbbbbbbbbbbbbb'] };
    assert.deepEqual(faultsOf(verifyTexts(world, world.texts(), agreed)), []);
    world.filter = 'aaaaaaaaaaaaaaaa+cccccccccccccccc';
    world.send(1);
    world.checkpoint();
    assert.deepEqual(faultsOf(verifyTexts(world)), [
      'redaction_changed 17',
      'filter_changed 19',
      'redaction_changed 19',
    ]);
  });

  it('records left out without a filter', () => {
    const world = fullWorld();
    world.checkpoint({ leftOut: 3 });
    assert.deepEqual(faultsOf(verifyTexts(world)), ['filter_changed 17']);
  });

  it('JSON that something else wrote anew', () => {
    const world = fullWorld();
    const sorted = (_key: string, value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value;
    const writers: readonly ((text: string) => string)[] = [
      (text) => JSON.stringify(JSON.parse(text), null, 1),
      (text) => JSON.stringify(JSON.parse(text), sorted),
      (text) => JSON.stringify(JSON.parse(text), null, 1).replaceAll(/\n */g, ' '),
      (text) => text.replace('AI Agent', 'AI\\/Agent'),
    ];
    for (const write of writers) {
      const texts = withText(world, 3, ({ text }) => write(text));
      assert.deepEqual(faultsOf(verifyTexts(world, texts)), ['reserialised 3']);
    }
  });

  it('a next checkpoint that is overdue, unless the stream was stopped', () => {
    const world = fullWorld();
    const asOfMs = world.nowMs + HOUR_MS;
    assert.deepEqual(faultsOf(verifyTexts(world, world.texts(), { asOfMs })), ['stale 15']);
    world.checkpoint({ stopped: true });
    assert.deepEqual(faultsOf(verifyTexts(world, world.texts(), { asOfMs })), []);
  });

  it('a checkpoint that must be there', () => {
    const world = fullWorld();
    const tips = [world.lastCheckpointSha256];
    assert.ok(verifyTexts(world, world.texts(), { tips }).complete);
    const faults = faultsOf(verifyTexts(world, without(world, 15), { tips }));
    assert.ok(faults.includes('tip_mismatch'));
  });

  it('an export without any checkpoint, or without any event', () => {
    const world = new StreamWorld();
    world.send(3);
    assert.deepEqual(faultsOf(verifyTexts(world)), ['unproven 1-3', 'unproven']);
    assert.equal(verifyTexts(world, []).complete, false);
  });
});

describe('verify over more than one key and epoch', () => {
  it('trusts a key that a checkpoint signed by the old one names', () => {
    const world = fullWorld();
    [, world.key] = KEYS;
    world.send(2);
    world.checkpoint();
    world.send(2);
    world.checkpoint();
    assert.equal(world.lastCheckpoint?.keyId, KEYS[1].keyId);
    for (const texts of [world.texts(), world.texts().toReversed()])
      assert.deepEqual(findingsOf(verifyTexts(world, texts)), []);
  });

  it('follows a stream from one epoch to the next', () => {
    const world = fullWorld();
    world.openEpoch('e2');
    world.send(3);
    world.checkpoint();
    assert.deepEqual(findingsOf(verifyTexts(world)), []);
    assert.deepEqual(faultsOf(verifyTexts(world, without(world, 2))), ['gap 2', 'gap 2']);
  });

  it('says what at the end of an epoch was never covered', () => {
    const world = fullWorld();
    world.send(2);
    world.openEpoch('e2');
    world.send(1);
    world.checkpoint();
    assert.deepEqual(faultsOf(verifyTexts(world)), ['unproven 15-17']);
  });

  it('begins after a checkpoint that it is told, whether or not that one is in the export', () => {
    const world = fullWorld();
    const from = [world.lastCheckpointSha256];
    world.send(3);
    world.checkpoint();
    world.send(1);
    world.checkpoint();
    const later = world.sent.filter(({ seq }) => seq >= 15).map(({ text }) => text);
    assert.deepEqual(findingsOf(verifyTexts(world, later, { from })), []);
    assert.deepEqual(findingsOf(verifyTexts(world, without(world, 3), { from })), []);
    assert.ok(faultsOf(verifyTexts(world, without(world, 3, 17), { from })).includes('gap 17'));
    const faults = faultsOf(verifyTexts(world, later));
    assert.ok(faults.includes('gap 1-11') && faults.includes('gap 12-14'), faults.join());
    assert.deepEqual(verifyTexts(world, later, { from: ['00'] }).unknownStarts, ['00']);
  });
});

describe('verify under random manipulation', () => {
  it('calls nothing complete that is not, and names a number of what was done', () => {
    const world = new StreamWorld({ seed: 3 });
    for (let round = 0; round < 6; round += 1) {
      world.send(9);
      if (round % 2 === 0) world.sendRefused({ eventArrived: round === 2 });
      world.checkpoint();
    }
    const places = world.sent.length - 1;
    const manipulation = fc.record({
      kind: fc.constantFrom('remove', 'edit', 'swap'),
      at: fc.nat(places - 1),
      byte: fc.nat(),
      other: fc.nat(places - 1),
    });
    fc.assert(
      fc.property(fc.array(manipulation, { minLength: 1, maxLength: 4 }), fc.nat(), (steps, order) => {
        const texts = new Map(world.sent.map((place, index) => [index, place.text]));
        for (const { kind, at, byte, other } of steps) {
          const text = texts.get(at);
          if (text === undefined) continue;
          if (kind === 'remove') texts.delete(at);
          else if (kind === 'edit') texts.set(at, edited(text, byte));
          else {
            const [one, two] = [world.sent[at], world.sent[other]];
            if (one === undefined || two === undefined || one.seq === two.seq) continue;
            texts.set(at, renumbered(two.text, two.seq, one.seq));
          }
        }
        const changed = world.sent.filter(({ text }, index) => texts.get(index) !== text);
        const random = seededRandom(order);
        const verdict = verifyTexts(
          world,
          [...texts.values()].toSorted(() => random() - 0.5),
        );
        const harmless = changed.every(({ seq, kind }) => isBesideTombstone(world, seq, kind));
        const removedOnly = [...texts.keys()].every((index) => texts.get(index) === world.sent[index]?.text);
        if (harmless && removedOnly) return;
        assert.equal(verdict.complete, false, JSON.stringify(steps));
        const faults = findingsOf(verdict).filter(({ fromSeq }) => fromSeq !== undefined);
        for (const { seq } of changed.filter(({ kind, seq: no }) => !isBesideTombstone(world, no, kind))) {
          const named = faults.some(({ fromSeq = 0, toSeq = 0 }) => seq >= fromSeq && seq <= toSeq);
          assert.ok(named, `${seq} of ${JSON.stringify(steps)} is not in ${faultsOf(verdict).join()}`);
        }
      }),
      { numRuns: 150 },
    );
  });
});

/** An event whose tombstone arrived too is not needed. */
function isBesideTombstone(world: StreamWorld, seq: number, kind: string): boolean {
  return kind === 'event' && world.sent.some((place) => place.seq === seq && place.kind === 'tombstone');
}

/** The same body as another number would have it. */
function renumbered(text = '', from: number, to: number): string {
  return text
    .replace(`"sequence":${from}}`, `"sequence":${to}}`)
    .replace(`"seq":${from},"kind"`, `"seq":${to},"kind"`);
}

function withBody(text: string, body: object): string {
  const event = JSON.parse(text) as { unmapped: { aegis: { checkpoint: object } } };
  event.unmapped.aegis.checkpoint = body;
  return JSON.stringify(event);
}

/** One letter of the text is another one. */
function edited(text: string, byte: number): string {
  const letters = [...text.matchAll(/[a-z]/g)];
  const at = letters[byte % letters.length]?.index ?? 0;
  return `${text.slice(0, at)}${text[at] === 'z' ? 'y' : 'z'}${text.slice(at + 1)}`;
}
