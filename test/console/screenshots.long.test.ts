import { after, before, describe, test } from 'node:test';
import { openBrowser } from './browser.ts';
import { ConsolePage } from './console-page.ts';
import { ConsoleWorld, SCRIPT_ID } from './console-world.ts';
import { VIEWS } from './views.ts';

const within = { timeout: 120_000 };
const { browser, reason } = await openBrowser();

after(() => browser?.close());

/** Pages by the name of their picture. */
const pagesOf = (world: ConsoleWorld): readonly (readonly [name: string, at: string])[] => [
  ['overview', '/'],
  ['destination', `/destinations/${world.production}`],
  ['add-destination', '/destinations/new'],
  ['deliveries', '/deliveries'],
  ['deliveries-nothing', '/deliveries?status=pending'],
  ['event', `/events/${SCRIPT_ID}`],
  ['dead-letters', '/dead-letters'],
  ['replays', '/replays'],
  ['audit', '/audit'],
  ['keys', '/keys'],
  ['runbooks', '/runbooks'],
  ['runbook', '/runbooks/siem-down'],
];

describe('each page of the console', { skip: reason ?? false }, () => {
  let world: ConsoleWorld;
  before(async () => {
    world = await ConsoleWorld.open('sqlite');
  }, within);
  after(() => world[Symbol.asyncDispose]());

  for (const { theme, width } of VIEWS) {
    test(
      `fits ${width} px, is accessible in the ${theme} theme, and is kept as a picture`,
      within,
      async () => {
        if (browser === undefined) return;
        const window = await ConsolePage.open(browser, { url: world.url, theme, width });
        try {
          await window.page.goto('/');
          await window.page.getByLabel('API key').waitFor();
          await window.shoot(`sign-in-${theme}-${width}`);
          await window.signIn(world.adminKey);
          for (const [name, at] of pagesOf(world)) {
            await window.page.goto(at);
            await window.settle();
            await window.keepPicture(name);
          }
        } finally {
          await window.close();
        }
      },
    );
  }
});
