/** Writes the alert rules, their unit tests and the dashboard into content/. Run it after a change in scripts/alerts. */
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ALERT_CASES, casesFile } from './alerts/alert-cases.ts';
import { ALERT_RULES } from './alerts/alert-rules.ts';
import { dashboard, PANELS } from './alerts/dashboard.ts';
import { rulesFile } from './alerts/rules-file.ts';

const CONTENT = join(import.meta.dirname, '..', 'content');
export const RULES_FILE = join(CONTENT, 'prometheus', 'aegis-siem.rules.yml');
export const CASES_FILE = join(CONTENT, 'prometheus', 'aegis-siem.rules.test.yml');
export const DASHBOARD_FILE = join(CONTENT, 'grafana', 'aegis-siem.json');

if (import.meta.main) {
  writeFileSync(RULES_FILE, rulesFile(ALERT_RULES));
  writeFileSync(CASES_FILE, casesFile(ALERT_CASES, basename(RULES_FILE)));
  writeFileSync(DASHBOARD_FILE, `${JSON.stringify(dashboard(PANELS), null, 2)}\n`);
}
