/**
 * Builds the browser console into dist/console.
 *
 *   npm run build:console                        builds, or fails
 *   node scripts/build-console.ts --where-possible   builds where the tools are (npm ci), says so where they are not
 */
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

async function main(): Promise<number> {
  const build = await viteBuild();
  if (build === undefined) {
    console.error(
      'The console is not built: vite is not installed here (npm ci --omit=dev?). The service runs without it.',
    );
    return process.argv.includes('--where-possible') ? 0 : 1;
  }
  await build({ configFile: join(ROOT, 'console', 'vite.config.ts'), logLevel: 'error' });
  console.error('The console is built: dist/console');
  return 0;
}

/** Undefined where vite is not installed; any other fault of it is thrown. */
async function viteBuild(): Promise<((options: object) => Promise<unknown>) | undefined> {
  try {
    return (await import('vite')).build;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

process.exitCode = await main();
