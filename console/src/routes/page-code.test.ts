import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PageCode } from './page-code.ts';

const component = (): null => null;

test("a page's code is fetched once, and whoever waits is told when it is there", async () => {
  let fetched = 0;
  const code = new PageCode(() => {
    fetched += 1;
    return Promise.resolve({ default: component });
  });
  const seen: string[] = [];
  const end = code.subscribe(() => void seen.push(code.peek().kind));
  assert.equal(code.peek().kind, 'coming');
  await Promise.all([code.load(), code.load()]);
  await code.load();
  end();
  assert.deepEqual([fetched, seen], [1, ['there']]);
});

test("a page's code that could not be fetched is said to be, and can be tried again", async () => {
  let reachable = false;
  const code = new PageCode(() =>
    reachable ? Promise.resolve({ default: component }) : Promise.reject(new Error('gone')),
  );
  await code.load();
  assert.equal(code.peek().kind, 'failed');
  reachable = true;
  await code.load();
  assert.deepEqual(code.peek(), { kind: 'there', component });
});
