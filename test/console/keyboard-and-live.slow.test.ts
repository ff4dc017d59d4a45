import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import { attestationText } from '../support/valid-attestation.ts';
import { openBrowser } from './browser.ts';
import { ConsolePage } from './console-page.ts';
import { WORKSPACE } from './console-service.ts';
import { ConsoleWorld, SCRIPT_ID } from './console-world.ts';

const within = { timeout: 120_000 };
const { browser, reason } = await openBrowser();

after(() => browser?.close());

/** Until the element has the focus. */
const focused = (element: Locator): Promise<void> => element.and(element.page().locator(':focus')).waitFor();

/** Run in the browser: where the focus is, as a person would call it, and whether they can see that it is there. */
const FOCUS = `(() => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const hasLine = [getComputedStyle(element), getComputedStyle(element, '::after')].some(
    ({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
  );
  const isInside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {
    name: element.getAttribute('aria-label') ?? element.textContent.trim(),
    isSeen: hasLine && isInside,
  };
})()`;

const focusOf = (page: Page): Promise<{ readonly name: string; readonly isSeen: boolean }> =>
  page.evaluate(FOCUS);

/** Paths of the API that a page asks for until the function is called. */
function listen(page: Page): () => readonly string[] {
  const asked: string[] = [];
  const note = (request: { url(): string }): void => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/v1/')) asked.push(pathname);
  };
  page.on('request', note);
  return () => {
    page.off('request', note);
    return asked;
  };
}

describe('the console by keys, live and by numbers', { skip: reason ?? false }, () => {
  let world: ConsoleWorld;
  let window: ConsolePage;
  let page: Page;
  before(async () => {
    if (browser === undefined) return;
    world = await ConsoleWorld.open('sqlite');
    window = await ConsolePage.open(browser, { url: world.url });
    page = window.page;
    await window.signIn(world.adminKey);
  }, within);
  after(async () => {
    await window.close();
    await world[Symbol.asyncDispose]();
  });

  const goTo = async (at: string): Promise<void> => {
    await page.goto(at);
    await window.settle();
  };
  const dialog = (): Locator => page.getByRole('dialog');

  test(
    '? shows the keys of the page, Escape closes it, and the focus is back where it was',
    within,
    async () => {
      await goTo('/deliveries');
      const link = page.getByRole('link', { name: 'Audit', exact: true });
      await link.focus();
      await page.keyboard.press('?');
      await dialog().getByRole('heading', { name: 'Keys' }).waitFor();
      const words = (await dialog().textContent()) ?? '';
      for (const title of [
        'Next row',
        'Row before',
        'Search',
        'Next page',
        'Go to audit',
        'Pause or resume',
      ]) {
        assert.ok(words.includes(title), `names ${title}`);
      }
      await dialog().and(page.locator(':focus, :has(:focus)')).waitFor();
      await page.keyboard.press('j');
      await dialog().waitFor();
      await window.checkCalm('the sheet of keys');
      await page.keyboard.press('Escape');
      await dialog().waitFor({ state: 'detached' });
      await focused(link);
    },
  );

  test(
    '/ goes to the search, Escape out of it; j and k move through the rows, Enter opens one',
    within,
    async () => {
      await goTo('/deliveries');
      const search = page.getByLabel('Attestation', { exact: true });
      await page.keyboard.press('/');
      await focused(search);
      await page.keyboard.type('jk?');
      assert.equal(await search.inputValue(), 'jk?', 'keys are text in a field');
      await page.getByText('Nothing matches').waitFor();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.press('Delete');
      await page.locator('.list-card:not(.stale) [data-row]').nth(9).waitFor();
      await page.keyboard.press('Escape');
      await focused(page.locator('main'));

      const rows = page.locator('[data-row]');
      const steps = [
        ['k', (await rows.count()) - 1],
        ['j', (await rows.count()) - 1],
        ['k', (await rows.count()) - 2],
      ] as const;
      for (const [key, at] of steps) {
        await page.keyboard.press(key);
        await focused(rows.nth(at));
        assert.equal((await focusOf(page)).isSeen, true, 'and is seen there');
      }
      await page.locator('main').focus();
      for (const [key, at] of [
        ['j', 0],
        ['j', 1],
        ['j', 2],
        ['k', 1],
        ['k', 0],
        ['k', 0],
      ] as const) {
        await page.keyboard.press(key);
        await focused(rows.nth(at));
      }
      await page.keyboard.press('Enter');
      await page.waitForURL('**/events/*');
      await focused(page.locator('main'));
    },
  );

  test(
    'the focus goes through a page in the order of reading, and is seen at each stop',
    within,
    async () => {
      await goTo('/');
      const stops: string[] = [];
      for (let stop = 0; stop < 18; stop += 1) {
        await page.keyboard.press('Tab');
        const { name, isSeen } = await focusOf(page);
        assert.equal(isSeen, true, `the focus is seen at "${name}"`);
        stops.push(name);
      }
      assert.equal(stops[0], 'Skip to the page');
      const inOrder = [
        'Aegis SIEM',
        /^Overview/,
        /^Deliveries/,
        /^Keys/,
        /^Runbooks/,
        /^Live updates/,
        /^Theme/,
        'Keyboard shortcuts',
        'Sign out',
        'Add a destination',
        'Splunk archive',
        /^Runbook:/,
      ];
      const places = inOrder.map((word) =>
        stops.findIndex((stop) => (typeof word === 'string' ? stop === word : word.test(stop))),
      );
      assert.ok(
        places.every((place, index) => place > (places[index - 1] ?? 0)) && !places.includes(-1),
        stops.join(' | '),
      );
      await page.reload();
      await window.settle();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      assert.equal((await focusOf(page)).name, 'Add a destination', 'past the navigation');
    },
  );

  test('after a dialog the focus is at the button that opened it', within, async () => {
    await goTo('/dead-letters');
    const all = page.getByRole('button', { name: 'Retry all…' });
    await all.focus();
    await page.keyboard.press('Enter');
    await dialog()
      .getByText(/dead letters will be sent again/)
      .waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await focused(all);

    await page.goto(`/destinations/${world.production}`);
    const remove = page.getByRole('button', { name: 'Delete…' });
    await remove.focus();
    await page.keyboard.press('Enter');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().waitFor({ state: 'detached' });
    await focused(remove);
  });

  test('on a phone Escape closes the menu', within, async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    try {
      await goTo('/');
      const menu = page.getByRole('button', { name: 'Menu' });
      await menu.click();
      await page.getByRole('link', { name: 'Audit', exact: true }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Audit', exact: true }).waitFor({ state: 'hidden' });
      await focused(menu);
    } finally {
      await page.setViewportSize({ width: 1280, height: 900 });
    }
  });

  test(
    'a pause stops every change and every question, and its end brings what came meanwhile',
    within,
    async () => {
      await goTo('/');
      const delivered = page
        .getByRole('article')
        .filter({ hasText: 'Splunk production' })
        .locator('div')
        .filter({ has: page.getByText('Delivered, 24 h') })
        .locator('dd')
        .first();
      const before = Number(await delivered.textContent());
      const live = page.getByRole('button', { name: 'Live updates' });
      await live.filter({ hasText: 'Live' }).waitFor();
      await page.keyboard.press('p');
      await live.filter({ hasText: 'Paused' }).waitFor();
      const asked = listen(page);
      const taken = world.splunk.events().length;
      await world.service.must('POST', '/v1/attestations', attestationText({ workspace_id: WORKSPACE }));
      await world.splunk.waitFor(taken + 1);
      // Longer than the page waits between two looks at anything.
      await pause(6_000);
      assert.equal(Number(await delivered.textContent()), before, 'what is read stays');
      assert.deepEqual(asked(), [], 'and nothing is asked');
      await page.keyboard.press('p');
      await live.filter({ hasText: 'Live' }).waitFor();
      await delivered.filter({ hasText: String(before + 1) }).waitFor();
    },
  );

  test('a paused list with a span of time is not read again when the span moves on', within, async () => {
    if (browser === undefined) return;
    const other = await ConsolePage.open(browser, { url: world.url });
    try {
      await other.page.clock.install();
      await other.signIn(world.adminKey, '/deliveries?range=1h');
      await other.page.getByRole('row').nth(5).waitFor();
      await other.page.keyboard.press('p');
      await other.page.getByRole('button', { name: 'Live updates' }).filter({ hasText: 'Paused' }).waitFor();
      const asked = listen(other.page);
      await other.page.clock.runFor(180_000);
      assert.deepEqual(asked(), []);
      const askedLive = listen(other.page);
      await other.page.keyboard.press('p');
      await other.page.locator('.list-card:not(.stale)').waitFor();
      assert.ok(askedLive().includes('/v1/siem/deliveries'), 'and is, when it goes on');
    } finally {
      await other.close();
    }
  });

  test('each time says its moment in UTC on hover', within, async () => {
    for (const at of [
      '/',
      `/destinations/${world.archive}`,
      '/deliveries',
      `/events/${SCRIPT_ID}`,
      '/audit',
      '/keys',
    ]) {
      await goTo(at);
      await page.locator('main time').first().waitFor();
      for (const time of await page.locator('main time').all()) {
        const moment = new Date((await time.getAttribute('datetime')) ?? '');
        const says = (await time.getAttribute('title'))?.split('\n').at(-1);
        assert.equal(says, moment.toISOString().replace('T', ' ').replace('Z', ' UTC'), at);
      }
    }
  });

  test('a big number is told to its last digit', within, async () => {
    if (browser === undefined) return;
    const { text } = await world.call('GET', '/v1/siem/overview');
    const overview = JSON.parse(text) as { readonly destinations: readonly object[] };
    const other = await ConsolePage.open(browser, { url: world.url });
    try {
      // A stream would bring the real numbers.
      await other.page.route('**/v1/siem/stream', (route) => route.fulfill({ status: 204 }));
      await other.page.route('**/v1/siem/overview', (route) =>
        route.fulfill({
          json: {
            ...overview,
            destinations: [
              {
                ...overview.destinations[0],
                delivered: { last_hour: 1_234_567, last_day: 9_007_199_254_740_991 },
                waiting: { count: 1_000_001, at_least: true, oldest_at: new Date().toISOString() },
              },
            ],
          },
        }),
      );
      await other.signIn(world.adminKey);
      await other.page.getByText('9,007,199,254,740,991', { exact: true }).waitFor();
      await other.page.getByText('1,000,001+', { exact: true }).waitFor();
      await other.page.getByRole('article').getByRole('heading').getByRole('link').click();
      await other.page
        .getByText('1,234,567 in the last hour, 9,007,199,254,740,991 in the last day')
        .waitFor();
    } finally {
      await other.close();
    }
  });

  test('a visit of nobody asks who is there, and nothing that it would be refused', within, async () => {
    if (browser === undefined) return;
    const other = await ConsolePage.open(browser, { url: world.url });
    try {
      const asked = listen(other.page);
      await other.page.goto('/deliveries');
      await other.page.getByLabel('API key').waitFor();
      await other.page.waitForLoadState('networkidle');
      assert.deepEqual(asked(), ['/v1/session', '/v1/session/ways']);
    } finally {
      await other.close();
    }
  });
});
