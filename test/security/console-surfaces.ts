import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { ConsolePage } from '../console/console-page.ts';
import type { Surface } from './secret-spellings.ts';

/** What a page holds besides its markup: what is shown, what stands in fields, what is kept in the browser. */
const HELD = `JSON.stringify({
  title: document.title,
  text: document.body.innerText,
  fields: [...document.querySelectorAll('input, textarea, select')].map((field) => field.value),
  local: { ...localStorage },
  session: { ...sessionStorage },
  cookie: document.cookie,
  address: location.href,
})`;

export interface ConsoleWalk {
  readonly url: string;
  readonly apiKey: string;
  /** The SIEM of the second repeats what it was sent. */
  readonly destinationIds: readonly string[];
  readonly attestationId: string;
}

export interface WalkedConsole {
  readonly surfaces: readonly Surface[];
  /** Of the session's cookie, which only the browser may have. */
  readonly sessionToken: string;
}

/** Signs in, opens each page and each part of each destination, tests one, and answers all that a person or script could see. */
export async function walkConsole(browser: Browser, walk: ConsoleWalk): Promise<WalkedConsole> {
  const window = await ConsolePage.open(browser, { url: walk.url });
  const { page } = window;
  const surfaces: Surface[] = [];
  page.on('console', (message) =>
    surfaces.push({ name: 'the browser’s console', content: `${message.text()} ` }),
  );
  try {
    await window.signIn(walk.apiKey);
    const look = async (name: string): Promise<void> => {
      surfaces.push({ name, content: (await page.content()) + (await page.evaluate<string>(HELD)) });
    };
    for (const at of pathsOf(walk)) {
      await page.goto(at);
      await settled(page);
      await look(`the page ${at}`);
    }
    const [, echoId] = walk.destinationIds;
    await page.goto(`/destinations/${echoId}`);
    await settled(page);
    await page.getByRole('button', { name: /test/i }).click();
    await page
      .getByText(/invalid data format|refus|poison|bad/i)
      .first()
      .waitFor();
    await look('the page of a test that was refused');
    const cookie = (await page.context().cookies()).find(({ name }) => name.endsWith('aegis_session'));
    assert.ok(cookie !== undefined && surfaces.length > 10);
    return { surfaces, sessionToken: cookie.value };
  } finally {
    await window.close();
  }
}

/** As in the console: what the page of a destination leads to. */
const PARTS = ['health', 'attempts', 'preview', 'settings', 'credentials'];

function pathsOf({ destinationIds, attestationId }: ConsoleWalk): readonly string[] {
  const [first, second, ...others] = destinationIds;
  return [
    '/',
    ...[first, second].flatMap((id) => PARTS.map((part) => `/destinations/${id}/${part}`)),
    ...others.map((id) => `/destinations/${id}/credentials`),
    '/destinations/new',
    '/deliveries',
    `/events/${attestationId}`,
    '/dead-letters',
    '/replays',
    '/audit',
    '/keys',
    '/runbooks',
  ];
}

async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
}
