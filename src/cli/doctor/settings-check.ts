import type { SettingsWithOrigins } from '../../settings/read-settings.ts';
import { type Finding, ok } from './finding.ts';

/** Hosts that are this machine itself. */
export const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** Settings that can be read and are still worth a word. */
export function checkSettings({ settings, origins }: SettingsWithOrigins): readonly Finding[] {
  const given = Object.values(origins).filter((origin) => origin !== 'default').length;
  const findings: Finding[] = [
    ok('settings', `${given} given, the others by default; "aegis-siem config print" shows each`),
  ];
  if (!LOOPBACK.has(settings.host)) {
    findings.push({
      check: 'settings',
      subject: 'AEGIS_SIEM_HOST',
      status: 'warn',
      message: `The API listens on ${settings.host} without TLS of its own`,
      fix: 'See that a proxy with TLS stands in front of it, and that nobody can go past the proxy',
    });
  }
  if (settings.checkpointSeconds === 0) {
    findings.push({
      check: 'settings',
      subject: 'AEGIS_SIEM_CHECKPOINT_SECONDS',
      status: 'warn',
      message: 'No checkpoints are made: nobody can prove that a SIEM has everything',
      fix: 'Leave the setting out, or set it to 300',
    });
  }
  return findings;
}
