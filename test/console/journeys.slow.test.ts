import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { ConsolePage } from './console-page.ts';
import { ConsoleWorld } from './console-world.ts';
import { JOURNEYS } from './journeys.ts';

const within = { timeout: 120_000 };
const { browser, reason } = await openBrowser();

after(() => browser?.close());

for (const storeName of ['sqlite', 'postgres'] as const) {
  describe(`the console in a browser, on ${storeName}`, { skip: reason ?? false }, () => {
    let world: ConsoleWorld;
    before(async () => {
      world = await ConsoleWorld.open(storeName);
    }, within);
    after(() => world[Symbol.asyncDispose]());

    const walk = async (open: Browser, journey: (typeof JOURNEYS)[number]): Promise<void> => {
      const page = await ConsolePage.open(open, { url: world.url });
      try {
        await page.signIn(journey.as === 'viewer' ? world.viewerKey : world.adminKey);
        await journey.run(page, world);
        await page.checkCalm(journey.title);
      } catch (error) {
        await page.shoot(`failed-${storeName}-${JOURNEYS.indexOf(journey)}`);
        throw error;
      } finally {
        await page.close();
      }
    };

    for (const journey of JOURNEYS) {
      test(journey.title, within, async () => {
        if (browser !== undefined) await walk(browser, journey);
      });
    }
  });
}
