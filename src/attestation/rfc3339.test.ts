import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { rfc3339ToMs } from './rfc3339.ts';

describe('rfc3339ToMs', () => {
  it('agrees with Date for every time that Date writes', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('0000-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59.999Z'),
          noInvalidDate: true,
        }),
        (date) => rfc3339ToMs(date.toISOString()) === date.getTime(),
      ),
    );
  });

  it('moves a time by its offset', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1439, max: 1439 }), (offset) => {
        const minutes = Math.abs(offset);
        const text = `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
        return rfc3339ToMs(`2026-11-20T12:00:00${text}`) === Date.UTC(2026, 10, 20, 12) - offset * 60_000;
      }),
    );
  });

  it('takes any number of fraction digits and cuts those beyond milliseconds', () => {
    const base = Date.UTC(2026, 10, 20, 9, 15, 30);
    for (const [fraction, ms] of [
      ['.4', 400],
      ['.04', 40],
      ['.412', 412],
      ['.4129999', 412],
      [`.000${'9'.repeat(90)}`, 0],
    ] as const) {
      assert.equal(rfc3339ToMs(`2026-11-20T09:15:30${fraction}Z`), base + ms);
      assert.equal(rfc3339ToMs(`2026-11-20T10:15:30${fraction}+01:00`), base + ms);
    }
  });

  it('takes small letters, a space, and an unknown local offset', () => {
    const ms = Date.UTC(2026, 10, 20, 9, 15, 30);
    for (const text of ['2026-11-20t09:15:30z', '2026-11-20 09:15:30Z', '2026-11-20T09:15:30-00:00']) {
      assert.equal(rfc3339ToMs(text), ms);
    }
  });

  it('knows leap years', () => {
    for (const year of ['2024', '2000', '0004', '0000'])
      assert.ok(rfc3339ToMs(`${year}-02-29T00:00:00Z`) !== undefined);
    for (const year of ['2026', '1900', '2100', '0001'])
      assert.equal(rfc3339ToMs(`${year}-02-29T00:00:00Z`), undefined);
  });

  for (const text of [
    '',
    '2026-11-20',
    '2026-11-20T09:15:30',
    '2026-11-20T09:15Z',
    '2026-11-20T09:15:30.Z',
    '2026-11-20T09:15:30.4',
    '2026-11-20T09:15:30,4Z',
    '2026-11-20T09:15:30Z ',
    ' 2026-11-20T09:15:30Z',
    '2026-11-20T09:15:30ZZ',
    '2026-11-20T09:15:30+1:00',
    '2026-11-20T09:15:30+01:0',
    '2026-11-20T09:15:30+0100',
    '2026-11-20T09:15:30+24:00',
    '2026-11-20T09:15:30+26:00',
    '2026-11-20T09:15:30+01:60',
    '2026-11-20T09:15:60Z',
    '2026-11-20T09:60:30Z',
    '2026-11-20T24:00:00Z',
    '2026-13-20T09:15:30Z',
    '2026-00-20T09:15:30Z',
    '2026-11-31T09:15:30Z',
    '2026-11-00T09:15:30Z',
    '-026-11-20T09:15:30Z',
    '+2026-11-20T09:15:30Z',
    '2026/11/20T09:15:30Z',
    '2026-11-20T09.15.30Z',
    '20261120T091530Z',
    '２０２６-11-20T09:15:30Z',
  ]) {
    it(`takes ${JSON.stringify(text)} for no time`, () => {
      assert.equal(rfc3339ToMs(text), undefined);
    });
  }
});

function two(value: number): string {
  return String(value).padStart(2, '0');
}
