import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const MIGRATIONS = {
  sqlite: 'src/store/sqlite/migrations',
  postgres: 'src/store/postgres/migrations',
} as const;

/** The state of this repository before the last migration of a store: a release as it was, with the schema that it needs. */
export class OlderRelease implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'aegis-siem-older-'));

  constructor(kind: keyof typeof MIGRATIONS) {
    const last = git('log', '-1', '--format=%H', '--diff-filter=A', '--', MIGRATIONS[kind]).trim();
    const tar = execFileSync('git', ['archive', `${last}^`, 'src', 'test', 'package.json'], {
      cwd: ROOT,
      maxBuffer: 512 * 1_048_576,
    });
    execFileSync('tar', ['-x', '-C', this.folder], { input: tar });
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
  }

  get cli(): string {
    return join(this.folder, 'src', 'cli.ts');
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' });
}
