import { type Finding, ok } from './finding.ts';

const OLDEST_MAJOR = 24;
/**
 * TLS took non-canonical IP addresses, and names with a NUL byte were looked up, before this release of the line 26.
 * https://github.com/nodejs/node/blob/v26.12.1/doc/changelogs/CHANGELOG_V26.md
 */
const SAFE_26 = [26, 12, 1] as const;

/** Judges a version of Node, as `process.version` writes it. */
export function checkRuntime(version: string): Finding {
  const [major = 0, minor = 0, patch = 0] = version.replace(/^v/, '').split('.').map(Number);
  if (major < OLDEST_MAJOR) {
    return {
      check: 'node',
      status: 'fail',
      message: `Node ${version} is too old`,
      fix: `Install Node ${OLDEST_MAJOR} or later`,
      runbook: 'upgrade',
    };
  }
  const [safeMajor, safeMinor, safePatch] = SAFE_26;
  const older = minor < safeMinor || (minor === safeMinor && patch < safePatch);
  if (major === safeMajor && older) {
    return {
      check: 'node',
      status: 'warn',
      message: `Node ${version} lacks the security release ${SAFE_26.join('.')} (host names in TLS and DNS)`,
      fix: `Run the service on Node ${SAFE_26.join('.')} or later of that line`,
      runbook: 'upgrade',
    };
  }
  return ok('node', `Node ${version}`);
}
