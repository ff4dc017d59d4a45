import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The oldest Node that the project promises to run on (`engines` in package.json). */
export const FLOOR_NODE_VERSION = '24.21.0';

/**
 * The path of a Node 24 binary, fetched once from the package registry as the platform's own package. It is kept out of
 * package.json because it would compete with Node 26 for the name `node` in node_modules/.bin.
 */
export async function floorNode(): Promise<{ path?: string; reason?: string }> {
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(import.meta.dirname, '..', 'node_modules', '.cache', 'floor-node');
  const path = join(prefix, 'node_modules', name, 'bin', 'node');
  if (existsSync(path)) return { path };
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const result = spawnSync(
    npm,
    ['install', '--prefix', prefix, '--no-save', '--no-package-lock', `${name}@${FLOOR_NODE_VERSION}`],
    { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
  );
  if (existsSync(path)) return { path };
  return { reason: `the package ${name}@${FLOOR_NODE_VERSION} could not be had (npm exit ${result.status})` };
}
