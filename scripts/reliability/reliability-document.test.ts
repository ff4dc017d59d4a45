import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reliabilityDocument } from './reliability-document.ts';
import { brokenPromises, parseReport, showValue, textReport, wordsOf } from './report.ts';

const torture = parseReport(
  'torture.json',
  JSON.stringify({
    name: 'torture',
    date: '2026-11-24T00:00:00.000Z',
    node: 'v26.10.0',
    seed: 20261124,
    runs: [
      { store: 'sqlite', kills: 700, violations: [], strikes: { 'service killed': 350 } },
      { store: 'postgres', kills: 650, violations: [], strikes: {} },
    ],
  }),
);

describe('the reliability report', () => {
  it('shows the figures of a run with seed, versions and date, and the command that does it again', () => {
    const text = reliabilityDocument([torture]);
    assert.match(text, /^## Real kills$/m);
    assert.match(text, /`npm run torture -- --rounds 500 --json reports\/torture\.json`/);
    assert.match(text, /date 2026-11-24T00:00:00\.000Z; node v26\.10\.0/);
    assert.match(text, /\| seed \| 20261124 \|/);
    assert.match(text, /\| store \| sqlite \| postgres \|/);
    assert.match(text, /\| strikes \| service killed 350 \| none \|/);
    assert.match(text, /no record was lost/);
    assert.match(text, /^## What is not covered$/m);
  });

  it('gives many figures of one kind a table of their own', () => {
    const faults = { a: 1, b: 2, crashAfterEffect: 3, d: 4, e: 5 };
    const text = reliabilityDocument([parseReport('simulate.json', JSON.stringify({ seeds: 9, faults }))]);
    assert.match(text, /^### faults\n\n\| {2}\| {2}\|\n\| --- \| --- \|\n\| a \| 1 \|$/m);
    assert.match(text, /^\| crash after effect \| 3 \|$/m);
    assert.match(text, /^Such a run: `npm run simulate/m);
  });

  it('names the command that was really run, where the report says it', () => {
    const short = { ...torture, figures: { ...torture.figures, command: 'npm run torture -- --rounds 3' } };
    const text = reliabilityDocument([short]);
    assert.match(text, /`npm run torture -- --rounds 3`/);
    assert.doesNotMatch(text, /--rounds 500/);
  });

  it('says which run is missing and how it is done', () => {
    assert.match(reliabilityDocument([torture]), /Not run for this report: `npm run simulate/);
  });

  it('shows a report that it does not know, as a table where it is a list', () => {
    const other = parseReport(
      'x.json',
      JSON.stringify({ kind: 'other', cases: Array.from({ length: 4 }, (_, n) => ({ n, 'a|b': '<b>' })) }),
    );
    const text = reliabilityDocument([other]);
    assert.match(text, /^## other$/m);
    assert.match(text, /\| n \| a\\\|b \|\n\| --- \| --- \|\n\| 0 \| &lt;b> \|/);
  });

  it('begins with what was broken', () => {
    const bad = parseReport(
      'bad.json',
      JSON.stringify({ name: 'torture', runs: [{ violations: ['siem: 1 accepted and lost'] }, { lost: 3 }] }),
    );
    const text = reliabilityDocument([bad]);
    assert.match(text, /Promises were broken/);
    assert.match(text, /bad\.json: runs\[0\]\.violations: siem: 1 accepted and lost/);
    assert.match(text, /runs\[1\]\.lost is 3/);
    assert.doesNotMatch(text, /no record was lost/);
    assert.deepEqual(brokenPromises(torture.figures), []);
  });

  for (const [text, says] of [
    ['{', /bad\.json is not JSON/],
    ['[]', /must hold one JSON object/],
  ] as const) {
    it(`refuses ${text} by the name of its file`, () =>
      assert.throws(() => parseReport('bad.json', text), says));
  }

  it('calls a report without a name as its file, and shows what was printed as it stands', () => {
    assert.equal(parseReport('simulate.json', '{"seeds": 2000}').name, 'simulate');
    const found = textReport('sabotage.txt', 'sabotage  seeds\nx  3\n');
    assert.match(
      reliabilityDocument([found]),
      /^## Sabotage\n[^#]*```text\nsabotage {2}seeds\nx {2}3\n```$/m,
    );
    const missed = textReport('sabotage.txt', 'x  NOT NOTICED  200\n');
    assert.match(
      reliabilityDocument([missed]),
      /Promises were broken[^#]*sabotage\.txt: violations: x {2}NOT NOTICED/,
    );
  });

  it('writes numbers and words for people', () => {
    assert.equal(showValue(1_234_567), '1,234,567');
    assert.equal(showValue(0.12345), '0.123');
    assert.equal(showValue({ a: 1, b: [true, null] }), 'a 1, b true; -');
    assert.equal(wordsOf('maxRepeatedRequests'), 'max repeated requests');
    assert.equal(wordsOf('rss_mb'), 'rss mb');
  });
});
