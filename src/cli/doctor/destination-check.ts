import type { TestVerdict } from '../../api/test-destination.ts';
import type { Destination } from '../../outbox/destination.ts';
import type { DestinationProgress } from '../../store/admin-store.ts';
import { runbookOf } from '../../runbooks.ts';
import { type Finding, ok } from './finding.ts';

const OLD_MS = 300_000;

/** What a real test event came to. */
export function testFinding(name: string, verdict: TestVerdict): Finding {
  if (verdict.ok) return ok('destination', `Test event taken (${verdict.duration_ms} ms)`, name);
  return {
    check: 'destination',
    subject: name,
    status: 'fail',
    message: `Test event not taken: ${verdict.message} (${verdict.verdict})`,
    fix: verdict.advice ?? 'See the log of the service',
    runbook: runbookOf(verdict.verdict),
  };
}

/** What the lane says of itself; undefined while it gets on. */
export function healthFinding({ name, health }: Pick<Destination, 'name' | 'health'>): Finding | undefined {
  if (health.state !== 'held' && health.state !== 'failing') return undefined;
  return {
    check: 'destination',
    subject: name,
    status: health.state === 'held' ? 'fail' : 'warn',
    message: `Is ${health.state} since ${new Date(health.sinceMs).toISOString()} (${health.reason ?? 'no reason given'}); events wait, none is lost`,
    fix: health.message ?? 'See "aegis-siem destinations show"',
    runbook: runbookOf(health.reason ?? ''),
  };
}

/** One finding for one cause: what was just found to be wrong and keeps the lane waiting too is told together. */
export function withHealth(found: readonly Finding[], health: Finding | undefined): readonly Finding[] {
  if (health === undefined) return found;
  const same = found.findIndex(({ status, runbook }) => status === 'fail' && runbook === health.runbook);
  if (same === -1) return [health, ...found];
  return found.map((finding, index) =>
    index === same ? { ...finding, message: `${finding.message}. ${health.message}` } : finding,
  );
}

/** What waits. */
export function progressFindings(
  { name, state }: Destination,
  progress: DestinationProgress,
  nowMs: number,
): readonly Finding[] {
  const findings: Finding[] = [];
  const base = { check: 'destination', subject: name };
  const oldest = progress.oldestOpenRecordedAtMs;
  if (oldest !== undefined && nowMs - oldest > OLD_MS && state !== 'disabled') {
    findings.push({
      ...base,
      status: 'warn',
      message: `The oldest of ${progress.openRows}${progress.openRows >= progress.countedUpTo ? ' or more' : ''} waiting events is ${Math.round((nowMs - oldest) / 60_000)} minutes old`,
      fix:
        state === 'paused'
          ? `It is paused: aegis-siem destinations resume ${name}`
          : 'See that a worker runs, and what the destination answers',
      runbook: 'backlog-full',
    });
  }
  if (progress.deadLetters > 0) {
    findings.push({
      ...base,
      status: 'warn',
      message: `${progress.deadLetters} dead letters wait for a decision`,
      fix: 'aegis-siem dead-letters ls',
      runbook: 'poison-event',
    });
  }
  return findings;
}
