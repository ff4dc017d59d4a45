import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseFailover, diskFullOnPostgres, rollingUpgrade } from './database-runbooks.ts';
import { blockedAddress, clock, diskFull, upgrade } from './host-runbooks.ts';
import { keyRotation, leakedApiKey, lostKey, restore, serviceDown } from './own-runbooks.ts';
import type { RunbookDrill } from './runbook-drill.ts';
import {
  backlogFull,
  certificate,
  dcrChanged,
  gapAlarm,
  poisonEvent,
  siemDown,
  tokenExpired,
} from './siem-runbooks.ts';

/** One way in which a page is tried. Nothing of it is there before it is made. */
export interface ListedDrill {
  readonly page: string;
  readonly make: () => RunbookDrill | Promise<RunbookDrill>;
}

/** The commonest first; a page that is about both stores is followed on both. */
export const ALL_DRILLS: readonly ListedDrill[] = [
  { page: 'siem-down', make: () => siemDown },
  { page: 'token-expired', make: () => tokenExpired },
  { page: 'dcr-changed', make: () => dcrChanged },
  { page: 'poison-event', make: () => poisonEvent },
  { page: 'certificate', make: () => certificate },
  { page: 'leaked-api-key', make: () => leakedApiKey },
  { page: 'key-rotation', make: () => keyRotation },
  { page: 'lost-key', make: () => lostKey },
  { page: 'restore', make: () => restore },
  { page: 'gap-alarm', make: () => gapAlarm },
  { page: 'backlog-full', make: () => backlogFull },
  { page: 'database-failover', make: databaseFailover },
  { page: 'service-down', make: () => serviceDown },
  { page: 'disk-full', make: () => diskFull },
  { page: 'disk-full', make: diskFullOnPostgres },
  { page: 'upgrade', make: upgrade },
  { page: 'upgrade', make: rollingUpgrade },
  { page: 'blocked-address', make: () => blockedAddress },
  { page: 'clock', make: clock },
];

/** Pages that are not followed, and what holds them instead. */
export const NOT_DRILLED: Readonly<Record<string, string>> = {
  'prune-records': 'nothing is broken; its commands are followed by the test of the command',
};

/** Runbooks of a folder that nobody follows and nobody names as not followed. Other pages describe; a runbook has something to mend. */
export function pagesLeftOut(folder: string): readonly string[] {
  const known = new Set([...ALL_DRILLS.map(({ page }) => page), ...Object.keys(NOT_DRILLED)]);
  return globSync('*.md', { cwd: folder })
    .filter((file) => readFileSync(join(folder, file), 'utf8').includes('\n## Mend\n'))
    .map((file) => file.slice(0, -'.md'.length))
    .filter((name) => !known.has(name));
}
