import { statSync } from 'node:fs';
import path from 'node:path';
import type { ServicePaths } from '../../service-paths.ts';
import { type Finding, ok } from './finding.ts';

const OTHERS = 0o077;

/** Files with records or keys that others on this machine can read. */
export function checkFiles(paths: ServicePaths, storeFile: string | undefined): readonly Finding[] {
  const files = [
    { file: storeFile, holds: 'the records' },
    { file: paths.adminKeyFile, holds: 'the first API key' },
  ];
  return files.flatMap(({ file, holds }) => {
    const mode = file === undefined ? undefined : modeOf(file);
    if (file === undefined || mode === undefined || process.platform === 'win32') return [];
    if ((mode & OTHERS) === 0) return [ok('files', `${path.basename(file)} is for its owner only`)];
    return [
      {
        check: 'files',
        subject: path.basename(file),
        status: 'warn' as const,
        message: `Others on this machine may use ${holds} (mode ${(mode & 0o777).toString(8)})`,
        fix: `chmod 600 ${file}`,
      },
    ];
  });
}

/**
 * The epoch marks beside the master key, asked for once a stream has given numbers: without them nobody can tell whether the
 * store was put back to an earlier day.
 */
export function checkEpochMarks({ sidecar }: ServicePaths, anyNumberGiven: boolean): readonly Finding[] {
  if (sidecar === undefined || !anyNumberGiven || modeOf(sidecar) !== undefined) return [];
  return [
    {
      check: 'files',
      subject: path.basename(sidecar),
      status: 'warn',
      message: 'The epoch marks beside the master key are gone, and this store has delivered before',
      fix: 'Nothing is lost: each stream opens a new epoch at the next start. Find out what removed the file',
      runbook: 'restore',
    },
  ];
}

function modeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mode;
}
