import { cell } from '../output.ts';
import { type Command, flagOption } from '../command.ts';
import { checkElsewhere } from '../doctor/elsewhere-check.ts';
import { type Finding, RUNBOOK_FOLDER, worst } from '../doctor/finding.ts';
import { EXIT } from '../exit-codes.ts';
import { serviceSettings, SETTING_OPTIONS } from '../service-settings.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Look at this installation and its destinations, and say what to do about what is wrong',
  examples: ['aegis-siem doctor', 'aegis-siem doctor --no-test --json', 'aegis-siem doctor --strict'],
  options: {
    ...SETTING_OPTIONS,
    'no-test': {
      type: 'boolean',
      help: 'Send no test events; addresses and certificates are still looked at',
    },
    strict: { type: 'boolean', help: 'End with 1 for warnings too' },
  },
  async run(context) {
    const config = serviceSettings(context);
    const elsewhere = checkElsewhere(config, context.io.env['AEGIS_SIEM_URL']);
    const { examine } = await import('../doctor/examine.ts');
    const findings = await examine({
      config,
      before: elsewhere === undefined ? [] : [elsewhere],
      nodeVersion: process.version,
      nowMs: () => Date.now(),
      sendTests: !flagOption(context, 'no-test'),
      signal: context.io.signal,
      onFinding: (finding) => (context.json ? Promise.resolve() : context.io.writeOut(lineOf(finding))),
    });
    const status = worst(findings);
    const body = { status, findings: findings.map(findingView) };
    if (context.json) await context.io.writeOut(`${JSON.stringify(body, null, 2)}\n`);
    else context.io.writeError(`${summary(findings)}\n`);
    if (context.io.signal.aborted) return EXIT.interrupted;
    return status === 'fail' || (status === 'warn' && flagOption(context, 'strict')) ? EXIT.refused : EXIT.ok;
  },
};

function findingView(finding: Finding): object {
  const { check, subject, status, message, fix, runbook } = finding;
  return {
    check,
    subject: subject ?? null,
    status,
    message,
    fix: fix ?? null,
    runbook: runbook === undefined ? null : pageOf(runbook),
  };
}

function lineOf({ check, subject, status, message, fix, runbook }: Finding): string {
  const where = subject === undefined ? check : `${check} ${subject}`;
  const lines = [`${status.padEnd(4)}  ${cell(where)}: ${cell(message)}`];
  if (fix !== undefined) lines.push(`      do: ${cell(fix)}`);
  if (runbook !== undefined) lines.push(`      read: ${pageOf(runbook)}`);
  return lines.map((line) => `${line}\n`).join('');
}

function pageOf(runbook: string): string {
  return `${RUNBOOK_FOLDER}/${runbook}.md`;
}

function summary(findings: readonly Finding[]): string {
  const count = (wanted: Finding['status']): number =>
    findings.filter(({ status }) => status === wanted).length;
  return `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} wrong`;
}
