/** The alert rules and the dashboard ask only for what is emitted, and Prometheus' own tool takes them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ALERT_CASES, casesFile } from '../../scripts/alerts/alert-cases.ts';
import { ALERT_RULES } from '../../scripts/alerts/alert-rules.ts';
import { dashboard, PANELS } from '../../scripts/alerts/dashboard.ts';
import { rulesFile } from '../../scripts/alerts/rules-file.ts';
import { CASES_FILE, DASHBOARD_FILE, RULES_FILE } from '../../scripts/make-alerts.ts';
import { declaredMetrics } from '../../src/metrics/metrics-document.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Labels that Prometheus itself adds. */
const OF_THE_SCRAPE = ['job', 'instance'];
const NOT_OURS = ['up'];

/** Metric names of an expression with the labels that are asked of them. */
function asked(
  expression: string,
): readonly { readonly metric: string; readonly labels: readonly string[] }[] {
  return [...expression.matchAll(/\b(?<metric>aegis_siem_\w+|up)\b(?:\{(?<labels>[^}]*)\})?/g)].map(
    ({ groups }) => ({
      metric: groups?.['metric'] ?? '',
      labels: [...(groups?.['labels'] ?? '').matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(
        ([, name = '']) => name,
      ),
    }),
  );
}

function unknownIn(expression: string): readonly string[] {
  const declared = declaredMetrics();
  return asked(expression).flatMap(({ metric, labels }) => {
    if (NOT_OURS.includes(metric)) return [];
    const found = declared.find(
      ({ name, type }) =>
        name === metric || (type === 'histogram' && name === metric.replace(/_(?:bucket|sum|count)$/, '')),
    );
    if (found === undefined) return [metric];
    const known = [...found.labels, ...OF_THE_SCRAPE, ...(metric.endsWith('_bucket') ? ['le'] : [])];
    return labels.filter((label) => !known.includes(label)).map((label) => `${metric}{${label}}`);
  });
}

const time = { seconds: (count: number) => String(count), range: (count: number) => `${count}s` };

for (const rule of ALERT_RULES) {
  test(`${rule.name} asks for metrics and labels that are emitted, and its runbook is there`, () => {
    assert.ok(asked(rule.expression(time)).length > 0);
    assert.deepEqual(unknownIn(rule.expression(time)), []);
    assert.ok(existsSync(join(ROOT, 'docs', 'operations', `${rule.runbook}.md`)), rule.runbook);
    const cases = ALERT_CASES.filter(({ alert }) => alert === rule.name);
    assert.equal(cases.length, 1, 'has a unit test');
  });
}

test('every panel of the dashboard asks for metrics and labels that are emitted', () => {
  for (const { title, queries } of PANELS) {
    for (const expression of Object.values(queries)) {
      assert.ok(asked(expression).length > 0, title);
      assert.deepEqual(unknownIn(expression), [], title);
    }
  }
});

test('a metric that nobody emits would be noticed', () => {
  assert.deepEqual(unknownIn('sum(aegis_siem_no_such_thing{a="b"})'), ['aegis_siem_no_such_thing']);
  assert.deepEqual(unknownIn('aegis_siem_dead_letters{nme="x"}'), ['aegis_siem_dead_letters{nme}']);
});

test('panels do not overlap, and the JSON is what Grafana reads', () => {
  const { panels, templating } = JSON.parse(readFileSync(DASHBOARD_FILE, 'utf8')) as {
    panels: { gridPos: { x: number; y: number; w: number; h: number }; targets: unknown[] }[];
    templating: { list: unknown[] };
  };
  assert.equal(panels.length, PANELS.length);
  assert.equal(templating.list.length, 2);
  const taken = new Set<string>();
  for (const { gridPos: at } of panels) {
    for (let x = at.x; x < at.x + at.w; x += 1) {
      for (let y = at.y; y < at.y + at.h; y += 1) {
        assert.ok(x < 24 && !taken.has(`${x},${y}`), `${x},${y}`);
        taken.add(`${x},${y}`);
      }
    }
  }
});

test('the files in content/ are those that the tables make', () => {
  assert.equal(readFileSync(RULES_FILE, 'utf8'), rulesFile(ALERT_RULES));
  assert.equal(readFileSync(CASES_FILE, 'utf8'), casesFile(ALERT_CASES, 'aegis-siem.rules.yml'));
  assert.deepEqual(JSON.parse(readFileSync(DASHBOARD_FILE, 'utf8')), dashboard(PANELS));
});

test('promtool takes the rules, and each alert fires and clears in its unit test', (t) => {
  if (spawnSync('promtool', ['--version']).error !== undefined) {
    return t.skip('promtool is not here (Debian: package prometheus)');
  }
  for (const args of [
    ['check', 'rules', RULES_FILE],
    ['test', 'rules', CASES_FILE],
  ]) {
    const { status, stdout, stderr } = spawnSync('promtool', args, {
      cwd: dirname(RULES_FILE),
      encoding: 'utf8',
    });
    assert.equal(status, 0, `${stdout}${stderr}`);
  }
  return undefined;
});
