import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Health } from './destination.ts';
import { healthNews, type ToldHealth, TROUBLE_TOLD_EVERY_MS } from './health-news.ts';

const HELD: Health = { state: 'held', reason: 'unauthorized', sinceMs: 0 };
const HEALTHY: Health = { state: 'healthy', sinceMs: 0 };
const FAILING: Health = { state: 'failing', reason: 'http_503', sinceMs: 1_000_000 };

describe('healthNews', () => {
  it('tells of failing sends when they last, by time or by number', () => {
    assert.equal(healthNews(undefined, FAILING, 1, 1_000_000), undefined);
    assert.equal(healthNews(undefined, FAILING, 4, 1_059_999), undefined);
    assert.equal(healthNews(undefined, FAILING, 1, 1_060_000)?.word, 'failing');
    assert.equal(healthNews(undefined, FAILING, 5, 1_000_000)?.word, 'failing');
  });

  it('says nothing of recovery where no trouble was told, and nothing of throttling', () => {
    assert.equal(healthNews(undefined, HEALTHY, 0, 0), undefined);
    assert.equal(healthNews(undefined, { state: 'throttled', sinceMs: 0 }, 9, 9_999_999), undefined);
  });

  it('tells another trouble, but not more often than checkpoints come', () => {
    const told: ToldHealth = { state: 'failing', reason: 'http_503', troubleAtMs: 1_000 };
    assert.equal(healthNews(told, HELD, 1, 1_000 + TROUBLE_TOLD_EVERY_MS - 1), undefined);
    assert.equal(healthNews(told, HELD, 1, 1_000 + TROUBLE_TOLD_EVERY_MS)?.word, 'held');
  });

  it('makes no more than two events in that time of a destination that changes with every send', () => {
    let told: ToldHealth | undefined;
    const words: string[] = [];
    for (let nowMs = 0; nowMs < 10 * TROUBLE_TOLD_EVERY_MS; nowMs += 1_000) {
      const news = healthNews(told, nowMs % 2_000 === 0 ? HELD : HEALTHY, 1, nowMs);
      if (news === undefined) continue;
      told = news.told;
      words.push(news.word);
    }
    assert.equal(words.length, 20);
  });
});
