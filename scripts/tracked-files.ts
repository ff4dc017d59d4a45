/**
 * What is installed, built or measured is never committed: a tracked file that `.gitignore` names is a slip, and a tracked
 * `node_modules` would replace the installed packages of everyone who pulls.
 */
import { spawnSync } from 'node:child_process';

export function trackedFilesProblems(root: string): string[] {
  const git = spawnSync('git', ['ls-files', '-z', '--cached', '--ignored', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  // An unpacked archive has no history to look at.
  if (git.status !== 0) return [];
  return git.stdout
    .split('\0')
    .filter((file) => file !== '')
    .map(
      (file) => `${file}: is ignored by .gitignore and yet committed; take it out: git rm --cached ${file}`,
    );
}
