import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SHOTS = path.join(import.meta.dirname, '..', '..', 'reports', 'console');
const STEP_TIMEOUT_MS = 20_000;
/** Findings of axe that fail a test. */
const SERIOUS = new Set(['serious', 'critical']);

export interface PageOptions {
  readonly url: string;
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
}

/**
 * A page of the console in a browser of its own, watched from the first moment: what breaks the policy, fails in the console or
 * goes to another host is kept, and `checkCalm` fails for it.
 */
export class ConsolePage {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #origin: string;
  readonly #view: string;
  readonly #faults: string[] = [];

  private constructor(context: BrowserContext, page: Page, origin: string, view: string) {
    this.#context = context;
    this.page = page;
    this.#origin = origin;
    this.#view = view;
  }

  static async open(browser: Browser, options: PageOptions): Promise<ConsolePage> {
    const { width = 1280, height = 900, theme = 'light' } = options;
    const context = await browser.newContext({
      baseURL: options.url,
      viewport: { width, height },
      colorScheme: theme,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
    });
    context.setDefaultTimeout(STEP_TIMEOUT_MS);
    const page = await context.newPage();
    const opened = new ConsolePage(context, page, new URL(options.url).origin, `${theme}-${width}`);
    await opened.#watch();
    return opened;
  }

  /** Signs in at the page that was asked for. */
  async signIn(key: string, at = '/'): Promise<void> {
    await this.page.goto(at);
    await this.page.getByLabel('API key').fill(key);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    // On a phone it is folded away.
    await this.page.locator('nav').waitFor({ state: 'attached' });
  }

  async goTo(at: string, heading: string | RegExp): Promise<void> {
    await this.page.goto(at);
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }

  /**
   * Axe finds nothing serious, and nothing was refused, failed or fetched from elsewhere so far; but for what this page is opened
   * to show, which `expected` matches.
   */
  async checkCalm(where: string, expected?: RegExp): Promise<void> {
    const findings = await this.#axe();
    const faults = this.#faults.splice(0).filter((fault) => expected?.test(fault) !== true);
    assert.deepEqual(findings, [], `${where}: accessible`);
    assert.deepEqual(faults, [], `${where}: no fault`);
  }

  /** Until the page has its title and its first answer. */
  async settle(): Promise<void> {
    await this.page.getByRole('heading', { level: 1 }).waitFor();
    await this.page.locator('.skeleton').first().waitFor({ state: 'detached' });
  }

  /** Keeps the picture of a page that is as it should be seen, and checks that it fits and is calm. */
  async keepPicture(name: string, expected?: RegExp): Promise<void> {
    await this.shoot(`${name}-${this.#view}`);
    const where = `${name}, ${this.#view}`;
    const fits = await this.page.evaluate('document.documentElement.scrollWidth <= innerWidth');
    assert.equal(fits, true, `${where}: does not scroll sideways`);
    // What is scrolled away at the side of a table is not looked for.
    const cut = await this.page.evaluate(
      `[...document.querySelectorAll('.table-scroll')].filter((one) => one.scrollWidth > one.clientWidth).length`,
    );
    assert.equal(cut, 0, `${where}: no table is cut`);
    await this.checkCalm(where, expected);
  }

  /** The page as a person sees it, in reports/console/. */
  async shoot(name: string): Promise<void> {
    mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage: true });
  }

  async close(): Promise<void> {
    await this.#context.close();
  }

  async #watch(): Promise<void> {
    const { page } = this;
    page.on('console', (message) => {
      if (message.type() === 'error' && !isExpected(message.text()))
        this.#faults.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.#faults.push(`error: ${error.message}`));
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== this.#origin && protocol !== 'data:') this.#faults.push(`request to ${origin}`);
    });
    await page.exposeFunction('keepPolicyFault', (text: string) => void this.#faults.push(text));
    await page.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
      keepPolicyFault('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));`);
  }

  /** Run over the debugging protocol, past the policy that would refuse a script of ours. */
  async #axe(): Promise<readonly string[]> {
    await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(options: { exclude: string[] }): Promise<AxeResult> };
      };
      // React Aria's announcer names a button that may be gone a moment later; it is emptied after some seconds.
      // Long texts and lists repeat themselves: their first lines and rows stand for the rest.
      return axe.run({
        exclude: ['[data-live-announcer]', '.json-line:nth-child(n+12)', 'tbody tr:nth-child(n+6)'],
      });
    });
    return violations
      .filter(({ impact }) => SERIOUS.has(impact ?? ''))
      .map(
        ({ id, help, nodes }) => `${id}: ${help} ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
      );
  }
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** A browser logs each refused call: before the sign-in the console asks who is there, and is told nobody. */
function isExpected(text: string): boolean {
  return /status of 401/.test(text);
}
