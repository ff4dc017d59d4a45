/**
 * How soon the pages of the console can be used with many deliveries in the store, in headless Chromium over loopback.
 *
 *   npm run bench:console -- [--deliveries 100000]
 *
 * The fake Splunk keeps every event that it was sent: 100,000 need more heap than Node takes by itself.
 *
 * A page can be used when its first row or card is there and the browser has painted it. "cold" has nothing in its cache;
 * "again" has the files of the console, as on every day but the first.
 */
import { parseArgs } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../test/console/browser.ts';
import { WORKSPACE } from '../test/console/console-service.ts';
import { ConsoleWorld } from '../test/console/console-world.ts';
import { callService } from '../test/api/call-service.ts';
import { generateAttestations } from '../test/support/generate-attestations.ts';
import { conditionsNow } from './conditions.ts';

/** Every record goes to both destinations of the world. */
const DESTINATIONS = 2;
const RECORDS_OF_A_BODY = 500;
const ROUNDS = 5;
const PAGES = [
  { title: 'overview', path: '/', ready: '.destination-card' },
  { title: 'deliveries', path: '/deliveries', ready: '[data-row]' },
  { title: 'dead letters', path: '/dead-letters', ready: '[data-row]' },
  { title: 'audit', path: '/audit', ready: '[data-row]' },
] as const;

const { values } = parseArgs({ options: { deliveries: { type: 'string', default: '100000' } } });
const wanted = Number(values.deliveries);

const { browser, reason } = await openBrowser();
if (browser === undefined) {
  console.error(reason);
  process.exitCode = 1;
} else {
  try {
    await using world = await ConsoleWorld.open('sqlite');
    console.error(`recording for ${wanted.toLocaleString('en')} deliveries …`);
    await fill(world, wanted / DESTINATIONS);
    const { node, processors, loadBefore } = conditionsNow();
    console.log(
      `Node ${node}, ${processors}, load ${loadBefore.join(' ')}; ${wanted.toLocaleString('en')} deliveries\n\n| page | cold, ms | again, ms (median of ${ROUNDS}) |\n| --- | --- | --- |`,
    );
    for (const page of PAGES) console.log(await lineOf(browser, world, page));
  } finally {
    await browser.close();
  }
}

async function fill(world: ConsoleWorld, records: number): Promise<void> {
  const startMs = Date.now() - 7_200_000;
  let lines: string[] = [];
  const send = async (): Promise<void> => {
    const { status, text } = await callService(
      world.url,
      world.adminKey,
      'POST',
      '/v1/attestations',
      lines.join('\n'),
      'application/x-ndjson',
    );
    if (status >= 300) throw new Error(`recording answered ${status}: ${text.slice(0, 300)}`);
    lines = [];
  };
  for (const line of generateAttestations({ seed: 7, count: records, workspaceId: WORKSPACE, startMs })) {
    lines.push(line);
    if (lines.length === RECORDS_OF_A_BODY) await send();
  }
  if (lines.length > 0) await send();
  for (;;) {
    const { body } = await world.call('GET', '/v1/siem/outbox?limit=1');
    if (body.items.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function lineOf(browser: Browser, world: ConsoleWorld, page: (typeof PAGES)[number]): Promise<string> {
  const cold = await measured(await signedIn(browser, world), world, page);
  const context = await signedIn(browser, world);
  const again: number[] = [];
  await timeToUse(await context.newPage(), world, page);
  for (let round = 0; round < ROUNDS; round += 1)
    again.push(await timeToUse(await context.newPage(), world, page));
  await context.close();
  const median = again.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  return `| ${page.title} | ${Math.round(cold)} | ${Math.round(median)} |`;
}

async function measured(
  context: BrowserContext,
  world: ConsoleWorld,
  page: (typeof PAGES)[number],
): Promise<number> {
  const ms = await timeToUse(await context.newPage(), world, page);
  await context.close();
  return ms;
}

/** A browser with a session and an empty cache. */
async function signedIn(browser: Browser, world: ConsoleWorld): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 860 } });
  const reply = await context.request.post(`${world.url}/v1/session`, {
    data: { api_key: world.adminKey },
    headers: { 'x-aegis-csrf': '1', origin: world.url },
  });
  if (!reply.ok()) throw new Error(`signing in answered ${reply.status()}`);
  // As the sign-in page leaves it: the next page asks for its data beside the session.
  await context.addInitScript("localStorage.setItem('aegis-siem-signed-in', '1')");
  return context;
}

async function timeToUse(
  page: Page,
  world: ConsoleWorld,
  { path, ready }: (typeof PAGES)[number],
): Promise<number> {
  const startMs = performance.now();
  await page.goto(`${world.url}${path}`, { waitUntil: 'commit' });
  await page.waitForSelector(ready);
  // In words of the browser, whose names this program does not have.
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
  const tookMs = performance.now() - startMs;
  await page.close();
  return tookMs;
}
