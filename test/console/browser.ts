import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';

/**
 * Not the arguments that the package names: those turn off the checks between origins and put everything into one process, which
 * ends with the first page that is closed. The sandbox does not work for root.
 */
const ARGS: readonly string[] = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--font-render-hinting=none',
];

/** A browser, or why there is none here. */
export type TestBrowser =
  | { readonly browser: Browser; readonly reason?: never }
  | { readonly browser?: never; readonly reason: string };

/**
 * Chromium for tests: the program that `AEGIS_SIEM_TEST_CHROMIUM` names, else the one that comes with the npm packages (Linux on
 * x64). Where it cannot be started the tests are skipped with the reason; with the variable set they fail instead.
 */
export async function openBrowser(): Promise<TestBrowser> {
  const given = process.env['AEGIS_SIEM_TEST_CHROMIUM'];
  try {
    const { chromium } = await import('playwright-core');
    const executablePath = given === undefined || given === '' ? await bundledChromium() : given;
    if (!existsSync(executablePath)) throw new Error(`there is no program at ${executablePath}`);
    const browser = await chromium.launch({ executablePath, args: [...ARGS], headless: true });
    return { browser };
  } catch (error) {
    if (given !== undefined && given !== '') throw error;
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { reason: `no Chromium here (${why}); name one in AEGIS_SIEM_TEST_CHROMIUM` };
  }
}

/** The package unpacks the program and the libraries that it needs. */
async function bundledChromium(): Promise<string> {
  const { default: bundled } = await import('@sparticuz/chromium');
  // Charts are drawn on a canvas of two dimensions: nothing here needs a graphics stack of its own.
  bundled.setGraphicsMode = false;
  return bundled.executablePath();
}
