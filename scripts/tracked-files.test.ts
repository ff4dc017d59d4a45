import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { trackedFilesProblems } from './tracked-files.ts';

describe('files that are tracked', () => {
  it('are a problem where .gitignore names them, links too', () => {
    const root = mkdtempSync(join(tmpdir(), 'tracked-'));
    try {
      const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
      git('init', '--quiet');
      writeFileSync(join(root, '.gitignore'), 'node_modules\n');
      writeFileSync(join(root, 'kept.txt'), 'kept');
      symlinkSync('/elsewhere', join(root, 'node_modules'));
      git('add', '.');
      assert.deepEqual(trackedFilesProblems(root), []);

      git('add', '--force', 'node_modules');
      assert.deepEqual(trackedFilesProblems(root), [
        'node_modules: is ignored by .gitignore and yet committed; take it out: git rm --cached node_modules',
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
