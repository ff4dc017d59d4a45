import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { readConsoleFiles } from '../../src/api/console-files.ts';
import { CONSOLE_PATHS } from '../../src/api/console-paths.ts';
import { type ApiWorld, openApiWorld } from './api-world.ts';

const INDEX = '<!doctype html><title>console</title>';
const SCRIPT = 'console.log("a")';

function builtConsole(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'aegis-siem-console-'));
  mkdirSync(path.join(folder, 'assets'));
  writeFileSync(path.join(folder, 'index.html'), INDEX);
  writeFileSync(path.join(folder, 'assets', 'main-abc123.js'), SCRIPT);
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

async function withConsole(act: (world: ApiWorld) => Promise<void>): Promise<void> {
  const { folder, remove } = builtConsole();
  const world = await openApiWorld({ console: readConsoleFiles(folder) });
  try {
    await act(world);
  } finally {
    await world.close();
    remove();
  }
}

test('every page of the console answers the same document, without a key and under the strict policy', async () => {
  await withConsole(async ({ app }) => {
    for (const pattern of CONSOLE_PATHS) {
      const reply = await app.inject({ url: pattern.replace('*', 'x/y') });
      assert.equal(reply.statusCode, 200, pattern);
      assert.equal(reply.body, INDEX);
      assert.equal(reply.headers['content-type'], 'text/html; charset=utf-8');
      assert.equal(reply.headers['cache-control'], 'no-cache');
      assert.equal(reply.headers['x-content-type-options'], 'nosniff');
      const policy = String(reply.headers['content-security-policy']);
      assert.match(policy, /^default-src 'none'; /);
      assert.match(policy, /require-trusted-types-for 'script'/);
      assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    }
  });
});

test('assets are kept for ever, zipped for who takes that, and not sent again to who has them', async () => {
  await withConsole(async ({ app }) => {
    const url = '/assets/main-abc123.js';
    const plain = await app.inject({ url });
    assert.equal(plain.body, SCRIPT);
    assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(plain.headers['content-encoding'], undefined);

    const zipped = await app.inject({ url, headers: { 'accept-encoding': 'br;q=1.0, gzip;q=0.8, *;q=0.1' } });
    assert.equal(zipped.headers['content-encoding'], 'gzip');
    assert.equal(gunzipSync(zipped.rawPayload).toString(), SCRIPT);

    const refused = await app.inject({ url, headers: { 'accept-encoding': 'gzip;q=0' } });
    assert.equal(refused.headers['content-encoding'], undefined);

    const again = await app.inject({ url, headers: { 'if-none-match': String(plain.headers.etag) } });
    assert.equal(again.statusCode, 304);
    assert.equal(again.body, '');
  });
});

test('an asset is one of the built files: no way leads out of their folder', async () => {
  await withConsole(async ({ app }) => {
    for (const name of ['missing.js', '..%2findex.html', '..%2f..%2fpackage.json', '%2e%2e%2findex.html']) {
      const reply = await app.inject({ url: `/assets/${name}` });
      assert.equal(reply.statusCode, 404, name);
      assert.equal(reply.headers['content-type'], 'application/problem+json');
    }
  });
});

test('a console that has not been built says how to build it', async () => {
  const world = await openApiWorld();
  try {
    const reply = await world.app.inject({ url: '/' });
    assert.equal(reply.statusCode, 503);
    assert.match(reply.body, /npm run build:console/);
  } finally {
    await world.close();
  }
});

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

test('a path that no page has is a problem document for a program, and a page that says so for a person', async () => {
  await withConsole(async ({ app }) => {
    const program = await app.inject({ url: '/deliveriez' });
    assert.equal(program.statusCode, 404);
    assert.equal(program.headers['content-type'], 'application/problem+json');

    const person = await app.inject({ url: '/deliveriez', headers: BROWSER });
    assert.equal(person.statusCode, 404);
    assert.equal(person.body, INDEX);
    assert.equal(person.headers['cache-control'], 'no-store');
    assert.match(String(person.headers['content-security-policy']), /^default-src 'none'; /);

    const again = await app.inject({
      url: '/deliveriez',
      headers: { ...BROWSER, 'if-none-match': String(person.headers.etag) },
    });
    assert.equal(again.statusCode, 404, 'never "not modified"');
  });
});

test('what a person mistypes below the API is a problem document too', async () => {
  await withConsole(async ({ app }) => {
    for (const url of ['/v1/nothing', '/v1?x=1', '/assets/missing.js', '/docs/nothing']) {
      const reply = await app.inject({ url, headers: BROWSER });
      assert.equal(reply.statusCode, 404, url);
      assert.equal(reply.headers['content-type'], 'application/problem+json', url);
    }
    const posted = await app.inject({ method: 'POST', url: '/deliveriez', headers: BROWSER });
    assert.equal(posted.headers['content-type'], 'application/problem+json');
  });
});
