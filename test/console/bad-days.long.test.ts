import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { attestationText } from '../support/valid-attestation.ts';
import { type BadDayPicture, badDayPictures } from './bad-day-pictures.ts';
import { BadDayWorld } from './bad-day-world.ts';
import { openBrowser } from './browser.ts';
import { ConsolePage } from './console-page.ts';
import { ConsoleService, WORKSPACE } from './console-service.ts';
import { VIEWS } from './views.ts';

const within = { timeout: 180_000 };
const { browser, reason } = await openBrowser();

after(() => browser?.close());

const SAID_WITHIN_MS = 10_000;

/** That the page says all of this, in its own time. */
async function reads({ page }: ConsolePage, says: BadDayPicture['says']): Promise<void> {
  const main = page.locator('main');
  for (const words of says) {
    const said = main.filter({ hasText: words });
    await said.waitFor({ timeout: SAID_WITHIN_MS }).catch(async (cause: unknown) => {
      throw new Error(`${page.url()} does not say ${words}: ${await main.innerText()}`, { cause });
    });
  }
}

describe('the console on a bad day', { skip: reason ?? false }, () => {
  let world: BadDayWorld;
  before(async () => {
    world = await BadDayWorld.open();
  }, within);
  after(() => world[Symbol.asyncDispose]());

  const look = async (window: ConsolePage, picture: BadDayPicture): Promise<void> => {
    await picture.spoil?.(window.page);
    await window.page.goto(picture.at);
    await window.settle();
    await reads(window, picture.says);
    const text = (await window.page.locator('main').textContent()) ?? '';
    for (const words of picture.hides ?? []) {
      assert.ok(!text.includes(words), `${picture.name} does not say ${words}`);
    }
    await window.keepPicture(picture.name, picture.expected);
    await window.page.unrouteAll();
  };

  for (const { theme, width } of VIEWS) {
    for (const who of ['admin', 'viewer'] as const) {
      test(
        `says what is wrong and what to do, to the ${who}, at ${width} px and ${theme}`,
        within,
        async () => {
          if (browser === undefined) return;
          const window = await ConsolePage.open(browser, { url: world.service.url, theme, width });
          try {
            await window.signIn(who === 'viewer' ? world.viewerKey : world.service.adminKey);
            const pictures = badDayPictures(world).filter(({ as = 'admin' }) => as === who);
            for (const picture of pictures) await look(window, picture);
          } finally {
            await window.close();
          }
        },
      );
    }
  }
});

/** What each page teaches where nothing is there yet. */
const EMPTY: readonly (readonly [name: string, at: string, says: BadDayPicture['says']])[] = [
  ['empty-overview', '/', ['No SIEM gets your decisions yet', 'Add a destination', 'Record a decision']],
  [
    'empty-deliveries',
    '/deliveries',
    ['No deliveries yet', '/v1/attestations', 'Content-Type: application/json'],
  ],
  [
    'empty-dead-letters',
    '/dead-letters',
    ['No dead letters', 'A wrong token, a full disk or an outage never'],
  ],
  ['empty-replays', '/replays', ['No replays yet', 'It says first what it would do.']],
  ['empty-audit', '/audit', [/signed in|made an API key/]],
  ['empty-keys', '/keys', ['Checkpoint keys']],
];

describe('the console of a new installation', { skip: reason ?? false }, () => {
  let service: ConsoleService;
  before(async () => {
    service = await ConsoleService.start('sqlite');
  }, within);
  after(() => service[Symbol.asyncDispose]());

  for (const { theme, width } of VIEWS) {
    test(`teaches what comes next, at ${width} px and ${theme}`, within, async () => {
      if (browser === undefined) return;
      const window = await ConsolePage.open(browser, { url: service.url, theme, width });
      try {
        await window.signIn(service.adminKey);
        for (const [name, at, says] of EMPTY) {
          await window.page.goto(at);
          await window.settle();
          await reads(window, says);
          await window.keepPicture(name);
        }
      } finally {
        await window.close();
      }
    });
  }
});

/** What a browser says of each call that finds nobody. */
const NOBODY =
  /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING/;
const OFFLINE_SAYS = [
  'The service does not answer.',
  /Nothing here is newer than \d\d \w+ \d{4}, \d\d:\d\d:\d\d/,
  'What it has recorded is safe; this page goes on by itself',
  'aegis-siem doctor',
] as const;

describe('the console while the service is gone', { skip: reason ?? false }, () => {
  test('says so on the open page, with what was read before, and goes on by itself', within, async () => {
    if (browser === undefined) return;
    await using service = await ConsoleService.start('sqlite');
    await using splunk = await startFakeSplunk({});
    const destination = await service.addSplunk('Splunk production', splunk);
    await service.must('POST', '/v1/attestations', attestationText({ workspace_id: WORKSPACE }));
    await service.untilQuiet();
    const windows = await Promise.all(
      VIEWS.map(({ theme, width }) => openAt(browser, service, theme, width)),
    );
    try {
      await service.stop();
      for (const window of windows) {
        const { page } = window;
        await reads(window, [
          ...OFFLINE_SAYS,
          'Not known now. At the last answer: complete.',
          'Splunk production',
        ]);
        await window.keepPicture('offline-overview', NOBODY);
        // Nothing of these was read before.
        await press(window, 'g', 'd');
        await page.getByRole('heading', { level: 1, name: 'Deliveries' }).waitFor();
        await reads(window, OFFLINE_SAYS);
        await window.keepPicture('offline-deliveries', NOBODY);
        await press(window, 'g', 'o');
        await page.getByRole('link', { name: 'Splunk production' }).click();
        await page.waitForURL(`**/destinations/${destination}`);
        await reads(window, [...OFFLINE_SAYS, 'Splunk production', 'Splunk HEC']);
        await window.keepPicture('offline-destination', NOBODY);
        assert.equal(await page.getByText('The service does not answer').count(), 1, 'said once');
      }
      await service.startAgain();
      for (const window of windows) {
        await window.page.getByText('The service does not answer').waitFor({ state: 'detached' });
        await window.page.getByRole('heading', { level: 1, name: 'Splunk production' }).waitFor();
        await window.checkCalm('back', NOBODY);
      }
    } finally {
      for (const window of windows) await window.close();
    }
  });
});

async function openAt(
  open: Browser,
  service: ConsoleService,
  theme: 'light' | 'dark',
  width: number,
): Promise<ConsolePage> {
  const window = await ConsolePage.open(open, { url: service.url, theme, width });
  const codes = window.page.waitForResponse('**/assets/keys-page-*.js');
  await window.signIn(service.adminKey);
  await window.settle();
  // The code of the last page is there: going to any of them needs no file of the service any more.
  await codes;
  return window;
}

async function press({ page }: ConsolePage, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}
