import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openBrowser } from './browser.ts';
import { ConsolePage } from './console-page.ts';
import { ConsoleWorld, SCRIPT_ID } from './console-world.ts';

/** Each theme and each width once; all four with AEGIS_SIEM_TEST_CONSOLE=all, for whoever looks at them. */
const VIEWS = [
  { theme: 'light', width: 1280, always: true },
  { theme: 'dark', width: 360, always: true },
  { theme: 'light', width: 360, always: false },
  { theme: 'dark', width: 1280, always: false },
] as const;
const wanted = VIEWS.filter(({ always }) => always || process.env['AEGIS_SIEM_TEST_CONSOLE'] === 'all');
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

  for (const { theme, width } of wanted) {
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
            await window.page.getByRole('heading', { level: 1 }).waitFor();
            await window.page.locator('.skeleton').first().waitFor({ state: 'detached' });
            await window.shoot(`${name}-${theme}-${width}`);
            const fits = await window.page.evaluate('document.documentElement.scrollWidth <= innerWidth');
            assert.equal(fits, true, `${name} does not scroll sideways at ${width} px`);
            await window.checkCalm(`${name}, ${theme}, ${width} px`);
          }
        } finally {
          await window.close();
        }
      },
    );
  }
});
