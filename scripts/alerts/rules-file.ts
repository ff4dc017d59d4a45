import type { AlertRule, AlertTime } from './alert-rules.ts';

const HEAD = `# Alert rules of aegis-siem for Prometheus 2.40 or later.
# Made by "node scripts/make-alerts.ts" from scripts/alerts/alert-rules.ts; unit tests stand beside this file.
`;

/** The rules as a file of Prometheus. `shrink`: every time is divided by it, for a drill that does not take a day. */
export function rulesFile(rules: readonly AlertRule[], shrink = 1): string {
  const time: AlertTime = {
    seconds: (count) => String(count / shrink),
    range: (count) => duration(count / shrink),
  };
  const groups = [...new Set(rules.map(({ group }) => group))].map((group) => {
    const own = rules.filter((rule) => rule.group === group);
    return `  - name: aegis-siem-${group}\n    rules:\n${own.map((rule) => ruleText(rule, time, shrink)).join('\n')}`;
  });
  return `${HEAD}groups:\n${groups.join('\n')}\n`;
}

function ruleText(rule: AlertRule, time: AlertTime, shrink: number): string {
  const lines = [
    `- alert: ${rule.name}`,
    `  expr: ${JSON.stringify(rule.expression(time))}`,
    ...(rule.forSeconds === 0 ? [] : [`  for: ${duration(rule.forSeconds / shrink)}`]),
    '  labels:',
    `    severity: ${rule.severity}`,
    '  annotations:',
    `    summary: ${JSON.stringify(rule.summary)}`,
    `    description: ${JSON.stringify(rule.description)}`,
    `    runbook: docs/operations/${rule.runbook}.md`,
  ];
  return lines.map((line) => `      ${line}`).join('\n');
}

/** Prometheus knows no fractions: what is not whole seconds is written in milliseconds. */
function duration(seconds: number): string {
  const ms = Math.max(1, Math.round(seconds * 1_000));
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}
