import type { StoreInspection } from '../../store/inspect-store.ts';
import { StoreError } from '../../store/store-error.ts';
import { type Finding, ok } from './finding.ts';

/** A clock that is off by more makes delays, leases and `TimeGenerated` look wrong. */
const CLOCK_WARN_MS = 2_000;
const CLOCK_FAIL_MS = 60_000;

/** Pages of faults that have one of their own. */
const FAULT_PAGES: Readonly<Record<string, string>> = { store_corrupt: 'restore', disk_full: 'disk-full' };

/** What a look at the store comes to: reachable, schema, integrity, and the clock against the database's. */
export function checkStore(inspection: StoreInspection): readonly Finding[] {
  const { kind, engineVersion, schemaVersion, schemaWanted, faults } = inspection;
  const engine = kind === 'sqlite' ? `SQLite ${engineVersion}` : `PostgreSQL ${engineVersion}`;
  return [
    ok('store', `${engine} answers`),
    schemaFinding(schemaVersion, schemaWanted),
    ...faults.map(({ code, level, message, fix }): Finding => ({
      check: 'store',
      subject: code,
      status: level,
      message,
      fix,
      runbook: FAULT_PAGES[code] ?? 'database-failover',
    })),
    ...(faults.length === 0 ? [ok('store', 'Integrity: nothing is damaged, dropped or switched off')] : []),
    ...(kind === 'sqlite' ? [] : [clockFinding('the database', inspection.clockAheadMs)]),
  ];
}

/** What keeps the store from being looked at. */
export function storeUnreachable(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  const corrupt = error instanceof StoreError && error.code === 'store_corrupt';
  return {
    check: 'store',
    status: 'fail',
    message,
    fix: corrupt
      ? 'Stop the service, keep a copy of the file, and restore the last backup'
      : 'Check AEGIS_SIEM_STORE ("aegis-siem config print"), that the database runs, and that this user may use it',
    runbook: corrupt ? 'restore' : 'database-failover',
  };
}

function schemaFinding(found: number, wanted: number): Finding {
  if (found === wanted) return ok('store', `Schema version ${found}, as this release needs`);
  const newer = found > wanted;
  return {
    check: 'store',
    subject: 'schema',
    status: 'fail',
    message: `The schema is at version ${found}; this release needs ${wanted}`,
    fix: newer
      ? 'A newer release has used this store: run that one'
      : 'Run "aegis-siem migrate", or start the service, which does it too',
    runbook: 'upgrade',
  };
}

/** Judges how far this machine's clock is from another one. */
export function clockFinding(other: string, otherAheadMs: number): Finding {
  const off = Math.abs(otherAheadMs);
  if (off <= CLOCK_WARN_MS) return ok('clock', `Agrees with ${other} (${off} ms apart)`);
  return {
    check: 'clock',
    runbook: 'clock',
    status: off > CLOCK_FAIL_MS ? 'fail' : 'warn',
    message: `This machine is ${(off / 1_000).toFixed(1)} s ${otherAheadMs > 0 ? 'behind' : 'ahead of'} ${other}`,
    fix: 'Set the clock by NTP (timedatectl status, chronyc tracking) on the one that is wrong',
  };
}
