/** `fail`: something does not work or is at risk now. `warn`: it works, and will not for ever. */
export type FindingStatus = 'ok' | 'warn' | 'fail';

/** One line of `aegis-siem doctor`. */
export interface Finding {
  /** `node`, `settings`, `files`, `store`, `disk`, `clock`, `keys`, `egress`, `destination`. */
  readonly check: string;
  /** Which one, where there are several: the name of a destination, a file. */
  readonly subject?: string;
  readonly status: FindingStatus;
  readonly message: string;
  /** What to do, as a sentence or a command. Absent when all is well. */
  readonly fix?: string;
  /** Page of docs/operations that leads through it. */
  readonly runbook?: string;
}

export const RUNBOOK_FOLDER = 'docs/operations';

export function ok(check: string, message: string, subject?: string): Finding {
  return { check, status: 'ok', message, ...(subject === undefined ? {} : { subject }) };
}

export function worst(findings: readonly Finding[]): FindingStatus {
  if (findings.some(({ status }) => status === 'fail')) return 'fail';
  return findings.some(({ status }) => status === 'warn') ? 'warn' : 'ok';
}
