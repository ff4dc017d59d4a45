import { closeSync, existsSync, globSync, openSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const ROOT = path.join(import.meta.dirname, '..', '..');
const INDEX = path.join(ROOT, 'dist', 'console', 'index.html');
const LOCK = path.join(ROOT, 'node_modules', '.console-build.lock');
/** A lock that is older was left behind by a run that was killed. */
const STALE_LOCK_MS = 120_000;

/** Builds the console where its sources are newer than what is built. Test files that run side by side build it once. */
export async function builtConsole(): Promise<void> {
  while (!isFresh()) {
    if (!lock()) {
      await pause(100);
      continue;
    }
    try {
      if (!isFresh()) await build();
    } finally {
      rmSync(LOCK, { force: true });
    }
  }
}

async function build(): Promise<void> {
  const { build: viteBuild } = await import('vite');
  await viteBuild({ configFile: path.join(ROOT, 'console', 'vite.config.ts'), logLevel: 'error' });
}

function isFresh(): boolean {
  if (!existsSync(INDEX)) return false;
  const builtMs = statSync(INDEX).mtimeMs;
  return globSync(['console/**/*.{ts,tsx,css,html,svg}', 'src/api/schemas/*.ts', 'src/api/scopes.ts'], {
    cwd: ROOT,
  }).every((file) => statSync(path.join(ROOT, file)).mtimeMs <= builtMs);
}

function lock(): boolean {
  try {
    closeSync(openSync(LOCK, 'wx'));
    return true;
  } catch {
    // Somebody builds. A lock that nobody holds any more is taken away.
    if (existsSync(LOCK) && Date.now() - statSync(LOCK).mtimeMs > STALE_LOCK_MS)
      rmSync(LOCK, { force: true });
    return false;
  }
}
