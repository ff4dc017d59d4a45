import { NOT_DRILLED } from './all-drills.ts';
import type { DrillResult } from './runbook-drill.ts';

const HEAD = `# Runbooks, followed

<!-- Made by "npm run drill:runbooks". -->

Each fault is made for real on an installation of its own: the service as a process, with the embedded store where
the line does not say PostgreSQL, and servers that imitate Splunk or Azure. The commands under "Look" and "Mend" are run in a shell **as they stand on the page** (addresses, ids and times of
its examples replaced); what the page has a person do beside them is done by the drill. "Look" must show the symptom, each command of
"Mend" must end with 0, and "Confirm" must hold: healthy, nothing waits, every recorded decision is in the SIEM. Seconds are those of
the machine beside whatever else it did, without reading or deciding: no figures of speed. Each command starts a process, which is most of it. Where a page
has several ways out, the first is taken: a dead letter is retried and not skipped, a lost master key comes back from its copy.
The drills of a full disk mount a small one (a tmpfs), which takes the right to mount; all others run as any user.
`;

export const PASSED = 'well again';

/** The whole page. */
export function drillPage(results: readonly DrillResult[]): string {
  const rows = results.map((result) =>
    [
      `[${result.page}](${result.page}.md)`,
      result.fault,
      result.symptom === undefined ? '-' : `\`${result.symptom.trim()}\``,
      String(result.lookSeconds ?? '-'),
      String(result.mendSeconds ?? '-'),
      result.failure === undefined ? PASSED : 'FAILED',
    ].join(' | '),
  );
  const others = Object.entries(NOT_DRILLED).map(([name, why]) => `| [${name}](${name}.md) | ${why} |`);
  return `${HEAD}
| runbook | what was broken | seen under "Look" | looked, s | mended, s | result |
| --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join('\n')}

Not followed by this drill:

| runbook | why, and what stands in for it |
| --- | --- |
${others.join('\n')}
`;
}
