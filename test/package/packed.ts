import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Packed {
  /** Path of the tarball. */
  readonly tarball: string;
  readonly sha256: string;
  readonly paths: readonly string[];
}

/** Runs `npm pack` on the project, which compiles it first, into `folder`. */
export function pack(folder: string): Packed {
  const answer = npm(['pack', '--json', '--pack-destination', folder], ROOT);
  if (answer.status !== 0) throw new Error(`npm pack failed: ${answer.stderr}`);
  // npm 12 answers an object by package name, older ones a list.
  const said = Object.values(
    JSON.parse(answer.stdout.slice(answer.stdout.search(/^[[{]/m))) as Record<string, unknown>,
  )[0] as { readonly filename: string; readonly files: readonly { readonly path: string }[] };
  const tarball = join(folder, said.filename);
  return {
    tarball,
    sha256: createHash('sha256').update(readFileSync(tarball)).digest('hex'),
    paths: said.files.map(({ path }) => path),
  };
}

export function npm(
  args: readonly string[],
  cwd: string,
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    maxBuffer: 64 * 1024 * 1024,
  });
}
