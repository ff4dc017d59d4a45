import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Page, Request } from 'playwright-core';
import type { ConsolePage } from './console-page.ts';
import { type ConsoleWorld, SCRIPT_ID, SCRIPT_TEXT } from './console-world.ts';

/** A walk through a page with its main act, as a person would do it. */
export interface Journey {
  readonly title: string;
  readonly run: (console: ConsolePage, world: ConsoleWorld) => Promise<void>;
  /** Default: the administrator. */
  readonly as?: 'viewer';
}

const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });
const dialog = (page: Page) => page.getByRole('dialog');
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();

export const JOURNEYS: readonly Journey[] = [
  {
    title: 'overview: says what needs a person, and leads there',
    run: async (console, { archive }) => {
      const { page } = console;
      await console.goTo('/', 'Overview');
      await page.getByText(/Complete but for 9 dead letters/).waitFor();
      await page.getByRole('link', { name: 'Splunk archive' }).first().click();
      await page.waitForURL(`**/destinations/${archive}**`);
    },
  },
  {
    title: 'destination: is paused and resumed, and tested with a named verdict',
    run: async (console, { production, splunk }) => {
      const { page } = console;
      await console.goTo(`/destinations/${production}`, 'Splunk production');
      await press(page, /^Pause/);
      await confirmIfAsked(page, /^Pause/);
      await page.getByText('Paused', { exact: true }).first().waitFor();
      await press(page, /^Resume/);
      await page.getByRole('button', { name: /^Pause/ }).waitFor();
      const before = splunk.events().length;
      await press(page, /test/i);
      await page.getByText(/took the test event/).waitFor();
      assert.ok(splunk.events().length > before, 'the SIEM has it');
    },
  },
  {
    title: 'add destination: the form leads from the type to a destination that works',
    run: async (console, world) => {
      const { page } = console;
      await console.goTo('/destinations/new', /destination/i);
      await page.getByRole('group', { name: 'Type of SIEM' }).getByText('Splunk', { exact: true }).click();
      await page.getByLabel('Name', { exact: true }).fill('Splunk by hand');
      await page.getByLabel('Workspace', { exact: true }).fill('ws-hand');
      await page.getByLabel(/^url/i).fill(world.splunk.url);
      await page.getByLabel(/^token/i).fill(world.splunk.token);
      await press(page, 'Go on to the test');
      await press(page, 'Dry run with a sample');
      await page.getByText('/services/collector', { exact: false }).first().waitFor();
      // A SIEM that does not know the token: the verdict leads to the page that does.
      const { token } = world.splunk;
      world.splunk.changeToken('00000000-0000-4000-8000-00000000ffff');
      await press(page, 'Send a test event');
      await page.getByText('The test failed: invalid token').waitFor();
      await page.getByRole('status').getByRole('link', { name: 'Runbook: token expired' }).waitFor();
      world.splunk.changeToken(token);
      const before = world.splunk.events().length;
      await press(page, 'Test again');
      await page.getByText(/took the test event/).waitFor();
      assert.equal(world.splunk.events().length, before + 1);
      await press(page, 'Turn on');
      await page.getByRole('heading', { level: 1, name: 'Splunk by hand' }).waitFor();
    },
  },
  {
    title: 'deliveries: are filtered and paged by keys and by address, and found by attestation id',
    run: async (console, { archive }) => {
      const { page } = console;
      await console.goTo('/deliveries', 'Deliveries');
      await press(page, 'Next page');
      await page.waitForURL('**/deliveries?cursor=*');
      await page.goBack();
      await row(page, SCRIPT_TEXT).first().waitFor();
      await page.getByLabel('Status').selectOption('dead');
      await page.waitForURL('**/deliveries?status=dead');
      await page.getByText('9 deliveries', { exact: false }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByLabel('Tool').fill('salesforce.*');
      await page.waitForURL('**tool=salesforce.*');
      await page.getByLabel('Destination').selectOption(archive);
      await page.waitForURL('**destination=*');
      await page.locator('.list-card:not(.stale)').getByRole('row').nth(9).waitFor();
      assert.equal(await page.getByRole('row').count(), 10, 'nine and the heading');
      await press(page, 'Clear');
      // Without the mouse: to the search field, then through the rows and into one.
      await page.locator('main').focus();
      await page.keyboard.press('/');
      await page.keyboard.type(SCRIPT_ID);
      await page.waitForURL(`**attestation=${SCRIPT_ID}`);
      await page.getByText('2 deliveries', { exact: false }).waitFor();
      await page.locator('main').focus();
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/events/${SCRIPT_ID}`);
    },
  },
  {
    title: 'a page is asked for once: its first answer comes beside its code and the session',
    run: async ({ page }) => {
      for (const [at, api] of [
        ['/', '/v1/siem/overview'],
        ['/deliveries?status=delivered', '/v1/siem/deliveries?status=delivered&limit=50'],
        ['/dead-letters', '/v1/siem/dead-letters?status=dead&limit=50'],
        ['/audit?action=destination.created', '/v1/audit?action=destination.created&limit=50'],
      ] as const) {
        const asked: string[] = [];
        const listen = (request: Request): void => {
          const { pathname, search } = new URL(request.url());
          asked.push(pathname + search);
        };
        page.on('request', listen);
        await page.goto(at);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.locator('.skeleton').first().waitFor({ state: 'detached' });
        page.off('request', listen);
        assert.equal(asked.filter((path) => path === api).length, 1, `${at} reads ${api} once`);
      }
    },
  },
  {
    title: 'event: shows the bytes that were sent, proved, and where two SIEMs got different ones',
    run: async (console, { splunk }) => {
      const { page } = console;
      const taken = splunk.events().find(({ event }) => uidOf(event) !== SCRIPT_ID);
      const id = taken === undefined ? '' : uidOf(taken.event);
      await console.goTo(`/events/${id}`, /\w/);
      await page.getByText('Byte for byte as it was sent').waitFor();
      const shown = await page.getByRole('region', { name: 'OCSF event as sent' }).textContent();
      const same = (text: string): string => text.replaceAll(/\s/g, '');
      assert.equal(same(shown ?? ''), same(taken?.eventText ?? ''), 'every character but the layout');
      assert.equal((await page.getByText('Delivered', { exact: true }).count()) >= 2, true);
      await page.getByRole('heading', { name: 'Where they differ' }).waitFor();
      await row(page, 'class_uid').filter({ hasText: '2001' }).filter({ hasText: '6003' }).first().waitFor();
    },
  },
  {
    title: 'event: markup in a record is text everywhere, and none of it runs',
    run: async (console) => {
      const { page } = console;
      for (const [at, where] of [
        ['/deliveries', 'table'],
        [`/events/${SCRIPT_ID}`, 'h1'],
      ] as const) {
        await page.goto(at);
        await page
          .locator(where)
          .getByText(SCRIPT_TEXT, { exact: false })
          .or(page.locator(where, { hasText: SCRIPT_TEXT }))
          .first()
          .waitFor();
        const ran = await page.evaluate(() => (globalThis as { ranFromText?: unknown }).ranFromText);
        assert.equal(ran, undefined, at);
        assert.equal(await page.locator('main img, main script').count(), 0, at);
      }
    },
  },
  {
    title: 'dead letters: one is skipped with a reason and one retried, the effect told first',
    run: async (console, world) => {
      const { page } = console;
      await console.goTo('/dead-letters', 'Dead letters');
      await page
        .getByRole('checkbox', { name: /^Choose/ })
        .first()
        .check();
      await press(page, 'Skip chosen…');
      await dialog(page)
        .getByText(/1 dead letter will never be sent/)
        .waitFor();
      assert.equal(
        await dialog(page).getByRole('button', { name: 'Skip 1' }).isDisabled(),
        true,
        'a reason first',
      );
      await dialog(page).getByLabel('Reason').fill('known, not needed');
      await press(page, 'Skip 1');
      await page.getByText('1 dead letter given up.').waitFor();
      await press(page, 'Retry all…');
      await dialog(page)
        .getByText(/8 dead letters will be sent again/)
        .waitFor();
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'detached' });
      await page
        .getByRole('checkbox', { name: /^Choose/ })
        .first()
        .check();
      await press(page, 'Retry chosen…');
      await press(page, 'Retry 1');
      await page.getByText('1 dead letter sent on their way again.').waitFor();
      const skipped = await world.call('GET', '/v1/siem/dead-letters?status=skipped');
      assert.equal(skipped.body.items.length, 1);
    },
  },
  {
    title: 'dead letters: all that match a filter are given up at once',
    run: async (console, world) => {
      const { page } = console;
      await console.goTo('/dead-letters?code=refused_by_destination', 'Dead letters');
      await press(page, 'Skip all…');
      await dialog(page).getByLabel('Reason').fill('the archive does not need them');
      await dialog(page)
        .getByRole('button', { name: /^Skip \d+$/ })
        .click();
      await page.getByText(/dead letters? given up\./).waitFor();
      const left = await world.call('GET', '/v1/siem/dead-letters?status=dead&code=refused_by_destination');
      assert.ok(left.body.items.length <= 1, 'but for one that was retried and went dead again meanwhile');
    },
  },
  {
    title: 'replays: one is asked for, its effect read, started, and seen to its end',
    run: async (console, { production, splunk }) => {
      const { page } = console;
      const before = splunk.events().length;
      await console.goTo('/replays', 'Replays');
      await press(page, 'New replay…');
      await page.getByLabel('Destination').selectOption(production);
      await page.getByLabel('What').selectOption('attestations');
      await page.getByLabel('Attestation ids, one a line').fill(SCRIPT_ID);
      await page.getByLabel('Reason').fill('asked by the SOC');
      await press(page, 'Show the effect');
      await page.getByText('1 record will be sent').waitFor();
      await page.getByText(/1 of them was delivered before/).waitFor();
      await press(page, 'Start the replay');
      await page.getByText('Finished', { exact: true }).waitFor();
      await page.getByText('1 delivered').waitFor();
      await splunk.waitFor(before + 1);
    },
  },
  {
    title: 'audit: tells who did what, and what it was before',
    run: async (console) => {
      const { page } = console;
      await console.goTo('/audit', 'Audit');
      await page.getByRole('listitem').filter({ hasText: 'started a replay' }).first().waitFor();
      await page.getByLabel('Action').selectOption('destination.created');
      await page.waitForURL('**/audit?action=destination.created');
      await page.locator('.list-card:not(.stale)').waitFor();
      const made = page.getByRole('listitem').filter({ hasText: 'made a destination' }).first();
      await made.locator('summary').click();
      assert.match((await made.locator('summary').textContent()) ?? '', /made a destination: \S/);
      await made.getByText('destination.created').waitFor();
      await made.getByText('"splunk_hec"').waitFor();
      await made.getByRole('link', { name: 'All that was done to it' }).click();
      await page.waitForURL('**/audit?subject=*');
      await page.getByRole('listitem').filter({ hasText: 'made a destination' }).first().waitFor();
    },
  },
  {
    title: 'keys: one is made and shown once, works, and is revoked; the checkpoint key is saved as a file',
    run: async (console, world) => {
      const { page } = console;
      await console.goTo('/keys', 'Keys');
      await press(page, 'New key…');
      await page.getByLabel('Name', { exact: true }).fill('night shift');
      await page.getByLabel('As', { exact: true }).selectOption({ label: 'Analyst' });
      await press(page, 'Make the key');
      const key = (await page.locator('.made-key code').textContent()) ?? '';
      assert.match(key, /^aegis_/);
      await page.reload();
      await row(page, 'night shift').getByText('Valid').waitFor();
      assert.equal(await page.getByText(key).count(), 0, 'shown once');
      await page.getByRole('button', { name: 'Revoke night shift' }).click();
      await dialog(page).getByText('It was never used.').waitFor();
      await press(page, 'Revoke key');
      await row(page, 'night shift').getByText('Revoked').waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download' }).click(),
      ]);
      const keys = await world.call('GET', '/v1/siem/checkpoint-keys');
      assert.equal(readFileSync(await download.path(), 'utf8'), keys.body.items[0]?.public_key_pem);
    },
  },
  {
    title: 'a viewer sees that everything is delivered and nothing of what it says, and is offered no act',
    as: 'viewer',
    run: async (console) => {
      const { page } = console;
      await console.goTo('/deliveries', 'Deliveries');
      await page.getByRole('table').getByText('Delivered', { exact: true }).first().waitFor();
      for (const at of [
        '/deliveries',
        `/events/${SCRIPT_ID}`,
        '/dead-letters?status=skipped',
        '/replays',
        '/',
      ]) {
        await page.goto(at);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.locator('.skeleton').waitFor({ state: 'detached' });
        const text = (await page.locator('main').textContent()) ?? '';
        for (const word of ['evil.', 'agent-7', 'salesforce', 'invoice-bot']) {
          assert.ok(!text.includes(word), `${at} does not say ${word}`);
        }
        assert.equal(
          await page.getByRole('button', { name: /Retry|Skip|New replay|New key|Pause$/ }).count(),
          0,
          at,
        );
      }
      await page.goto(`/events/${SCRIPT_ID}`);
      await page.getByText('What was decided is hidden').waitFor();
      const pages = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allTextContents();
      assert.ok(!pages.some((title) => title.startsWith('Audit')));
    },
  },
];

/** Some acts ask first. */
async function confirmIfAsked(page: Page, verb: RegExp): Promise<void> {
  const asked = dialog(page);
  if (await asked.isVisible()) await asked.getByRole('button', { name: verb }).click();
}

function uidOf(event: Readonly<Record<string, unknown>>): string {
  return (event['metadata'] as { readonly uid: string }).uid;
}
