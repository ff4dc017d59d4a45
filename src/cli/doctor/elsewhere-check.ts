import { existsSync } from 'node:fs';
import type { SettingsWithOrigins } from '../../settings/read-settings.ts';
import { sqlitePath } from '../../store/open-store.ts';
import { CliError } from '../cli-error.ts';
import { type Finding, ok } from './finding.ts';
import { LOOPBACK } from './settings-check.ts';

/**
 * What other commands talk to is not what this one looks at. Where they talk to a service on another machine and nobody says which
 * store is meant, the words of this command could be taken for words about that one. Throws `CliError` where there is no store here.
 */
export function checkElsewhere(
  { settings, origins }: Pick<SettingsWithOrigins, 'settings' | 'origins'>,
  serviceUrl: string | undefined,
): Finding | undefined {
  const url = URL.parse(serviceUrl ?? '');
  if (url === null || LOOPBACK.has(url.hostname.replaceAll(/[[\]]/g, '')) || origins.store !== 'default')
    return undefined;
  const file = sqlitePath(settings.store) ?? '';
  if (existsSync(file)) {
    const message = `Looks at ${file} on this machine, not at the service at ${url.origin} (AEGIS_SIEM_URL)`;
    return ok('settings', message, 'AEGIS_SIEM_STORE');
  }
  throw new CliError(
    'not_here',
    `doctor looks at the installation on this machine, and there is none (${file}); AEGIS_SIEM_URL names a service at ${url.origin}: run doctor there, or name its store with AEGIS_SIEM_STORE`,
  );
}
