import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { ConsolePage } from './console-page.ts';
import { ConsoleWorld } from './console-world.ts';
import { JOURNEYS } from './journeys.ts';

const within = { timeout: 120_000 };
const { browser, reason } = await openBrowser();

after(() => browser?.close());

/** On PostgreSQL too with AEGIS_SIEM_TEST_CONSOLE=all: the pages are the same, and the API behind them has tests on both. */
const STORES =
  process.env['AEGIS_SIEM_TEST_CONSOLE'] === 'all'
    ? (['sqlite', 'postgres'] as const)
    : (['sqlite'] as const);

for (const storeName of STORES) {
  describe(`the console in a browser, on ${storeName}`, { skip: reason ?? false }, () => {
    let world: ConsoleWorld;
    // One window for each person, signed in once: a new one for each journey would take longer than the journey.
    const windows = new Map<'admin' | 'viewer', ConsolePage>();
    before(async () => {
      world = await ConsoleWorld.open(storeName);
    }, within);
    after(async () => {
      for (const window of windows.values()) await window.close();
      await world[Symbol.asyncDispose]();
    });

    const windowOf = async (open: Browser, who: 'admin' | 'viewer'): Promise<ConsolePage> => {
      const known = windows.get(who);
      if (known !== undefined) return known;
      const window = await ConsolePage.open(open, { url: world.url });
      windows.set(who, window);
      await window.signIn(who === 'viewer' ? world.viewerKey : world.adminKey);
      return window;
    };

    const walk = async (open: Browser, journey: (typeof JOURNEYS)[number]): Promise<void> => {
      const window = await windowOf(open, journey.as ?? 'admin');
      try {
        await journey.run(window, world);
        await window.checkCalm(journey.title);
      } catch (error) {
        await window.shoot(`failed-${storeName}-${JOURNEYS.indexOf(journey)}`);
        throw error;
      }
    };

    for (const journey of JOURNEYS) {
      test(journey.title, within, async () => {
        if (browser !== undefined) await walk(browser, journey);
      });
    }
  });
}
