import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LiveMessage, LiveUpdates, type LiveWorld } from './live-updates.ts';

/** A browser whose timers, tab and streams a test moves by hand. */
class HandWorld implements LiveWorld {
  hidden = false;
  readonly opened: HandSource[] = [];
  readonly #timers = new Set<{ readonly ms: number; readonly act: () => void }>();
  #visibility: () => void = () => undefined;

  open(): HandSource {
    const source = new HandSource();
    this.opened.push(source);
    return source;
  }

  isHidden(): boolean {
    return this.hidden;
  }

  onVisibility(listener: () => void): void {
    this.#visibility = listener;
  }

  every(ms: number, act: () => void): () => void {
    const timer = { ms, act };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  hide(hidden: boolean): void {
    this.hidden = hidden;
    this.#visibility();
  }

  /** Lets every timer of this length run out once. */
  pass(ms: number): void {
    for (const timer of this.#timers) if (timer.ms === ms) timer.act();
  }

  get timers(): number {
    return this.#timers.size;
  }

  get open_(): number {
    return this.opened.filter(({ closed }) => !closed).length;
  }
}

class HandSource {
  closed = false;
  readonly #listeners = new Map<string, () => void>();
  #onMessage: (message: LiveMessage) => void = () => undefined;

  on(event: 'open' | 'error', listener: () => void): void {
    this.#listeners.set(event, listener);
  }

  onMessage(listener: (message: LiveMessage) => void): void {
    this.#onMessage = listener;
  }

  close(): void {
    this.closed = true;
  }

  say(event: 'open' | 'error'): void {
    this.#listeners.get(event)?.();
  }

  tell(message: LiveMessage): void {
    this.#onMessage(message);
  }
}

const MESSAGE = { event: 'destination', data: '{}' };

function follow(): { world: HandWorld; live: LiveUpdates; changes: () => number } {
  const world = new HandWorld();
  const live = new LiveUpdates(world);
  let changes = 0;
  live.onChange(() => (changes += 1));
  return { world, live, changes: () => changes };
}

test('asks for nothing before somebody is signed in, and nothing in a hidden tab', () => {
  const { world, live } = follow();
  assert.equal(world.opened.length, 0);
  live.setSignedIn(true);
  assert.equal(world.open_, 1);
  world.hide(true);
  assert.deepEqual([world.open_, world.timers, live.state], [0, 0, 'hidden']);
  world.hide(false);
  assert.equal(world.open_, 1);
  live.setSignedIn(false);
  assert.deepEqual([world.open_, world.timers], [0, 0]);
});

test('a page is told at most once a second, and of the last change too', () => {
  const { world, live, changes } = follow();
  live.setSignedIn(true);
  const before = changes();
  world.pass(1_000);
  const [source] = world.opened;
  for (let count = 0; count < 50; count += 1) source?.tell(MESSAGE);
  assert.equal(changes() - before, 1);
  world.pass(1_000);
  assert.equal(changes() - before, 2);
  world.pass(1_000);
  assert.equal(changes() - before, 2);
});

test('the first stream says nothing new to a page that has just been read; every later one may', () => {
  const { world, live, changes } = follow();
  live.setSignedIn(true);
  world.opened[0]?.tell({ event: 'overview', data: '{}' });
  assert.equal(changes(), 0);
  world.opened[0]?.tell(MESSAGE);
  assert.equal(changes(), 1);
  world.hide(true);
  world.hide(false);
  assert.equal(changes(), 2, 'told at once');
  world.pass(1_000);
  world.opened[1]?.tell({ event: 'overview', data: '{}' });
  assert.equal(changes(), 3);
});

test('polls while the stream is broken, and comes back to it', () => {
  const { world, live, changes } = follow();
  live.setSignedIn(true);
  world.opened[0]?.say('open');
  assert.equal(live.state, 'live');
  world.opened[0]?.say('error');
  assert.deepEqual([live.state, world.open_], ['polling', 0]);
  world.pass(1_000);
  const before = changes();
  world.pass(5_000);
  assert.equal(changes() - before, 1);
  world.pass(15_000);
  assert.equal(world.open_, 1);
  world.opened[1]?.say('open');
  assert.equal(live.state, 'live');
  world.pass(1_000);
  const after = changes();
  world.pass(5_000);
  assert.equal(changes(), after, 'no poll beside the stream');
});

test('a pause ends everything, and its end tells the page at once', () => {
  const { world, live, changes } = follow();
  live.setSignedIn(true);
  live.setPaused(true);
  assert.deepEqual([live.state, world.open_, world.timers], ['paused', 0, 0]);
  const before = changes();
  live.setPaused(false);
  assert.equal(changes() - before, 1);
});
