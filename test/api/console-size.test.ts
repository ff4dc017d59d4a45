import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { build } from 'vite';
import { readConsoleFiles } from '../../src/api/console-files.ts';

/** All scripts and styles together, as they go over the wire. */
const MAX_GZIP_BYTES = 200_000;
const ROOT = path.join(import.meta.dirname, '..', '..');

test('the whole console is below 200 kB zipped, asks nothing of other hosts, and has no inline script or style', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'aegis-siem-console-'));
  try {
    await build({
      configFile: path.join(ROOT, 'console', 'vite.config.ts'),
      logLevel: 'silent',
      build: { outDir: folder, emptyOutDir: true },
    });
    const files = readConsoleFiles(folder);
    assert.ok(files !== undefined);
    const code = [...files.assets].filter(([name]) => /\.(?:js|css)$/.test(name));
    const bytes = code.reduce((sum, [, { gzip }]) => sum + gzip.byteLength, 0);
    assert.ok(code.length > 1);
    t.diagnostic(`${bytes} bytes zipped in ${code.length} files`);
    assert.ok(bytes < MAX_GZIP_BYTES, `${bytes} bytes zipped`);
    const html = files.index.bytes.toString();
    assert.doesNotMatch(html, /<style|\son\w+=|style=|<script(?![^>]*\ssrc=)/);
    assert.doesNotMatch(html, /(?:src|href)="(?:https?:)?\/\//);
    for (const [name, { bytes: text }] of code.filter(([name]) => name.endsWith('.css'))) {
      assert.doesNotMatch(text.toString(), /@import|url\((?!["']?data:)/, name);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
