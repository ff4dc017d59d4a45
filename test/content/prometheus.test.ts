/** The alert rules and the dashboard ask only for what is emitted, and Prometheus' own tool takes them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

/** Of Grafana's list of units (packages/grafana-data/src/valueFormats/categories.ts): what a panel names beside them is shown as text. */
const UNITS = new Set([
  'none',
  'short',
  'percent',
  'percentunit',
  's',
  'ms',
  'bytes',
  'decbytes',
  'cps',
  'reqps',
  'ops',
]);
/** Set by Grafana itself. */
const BUILT_IN = new Set(['__range', '__rate_interval', '__interval', '__all']);
const MAX_UID_CHARS = 40;

interface DashboardJson {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly datasource: { readonly uid: string };
    readonly fieldConfig: { readonly defaults: { readonly unit: string } };
    readonly targets: readonly {
      readonly refId: string;
      readonly expr: string;
      readonly datasource: object;
    }[];
  }[];
}

test('the dashboard keeps to the rules of its JSON: ids, units, types of panels, variables that are there', () => {
  const { uid, schemaVersion, templating, panels } = JSON.parse(
    readFileSync(DASHBOARD_FILE, 'utf8'),
  ) as DashboardJson;
  assert.ok(uid.length <= MAX_UID_CHARS && /^[\w-]+$/.test(uid));
  assert.ok(Number.isInteger(schemaVersion));
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, 'an id is given once');
  assert.equal(new Set(panels.map(({ title }) => title)).size, panels.length, 'a title is given once');
  const variables = new Set(templating.list.map(({ name }) => name));
  assert.deepEqual(
    templating.list.filter(({ type }) => type === 'datasource').map(({ name }) => name),
    ['datasource'],
  );
  for (const { id, type, title, datasource, fieldConfig, targets } of panels) {
    assert.ok(Number.isInteger(id) && id > 0, title);
    assert.ok(['stat', 'timeseries', 'table'].includes(type), title);
    assert.ok(UNITS.has(fieldConfig.defaults.unit), `${title}: ${fieldConfig.defaults.unit}`);
    assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
    assert.ok(targets.length > 0 && targets.length <= 26, `${title}: a letter for each query`);
    for (const target of targets) assert.deepEqual(target.datasource, datasource, title);
    assert.equal(datasource.uid, '${datasource}', 'no data source of somebody else is named');
    for (const [, name = ''] of targets.flatMap(({ expr }) => [...expr.matchAll(/\$\{?(\w+)/g)])) {
      assert.ok(variables.has(name) || BUILT_IN.has(name), `${title}: $${name}`);
    }
  }
});

/** The queries as Grafana sends them, as rules that promtool reads. */
function asRules(panels: DashboardJson['panels']): string {
  const rules = panels.flatMap(({ id, targets }) =>
    targets.map(({ refId, expr }) => ({
      record: `panel_${id}_${refId}`,
      expr: expr
        .replaceAll('$__rate_interval', '1m')
        .replaceAll('$__range', '6h')
        .replaceAll('$destination', '.*'),
    })),
  );
  return JSON.stringify({ groups: [{ name: 'dashboard', rules }] });
}

test('every query of the dashboard is PromQL that Prometheus itself reads', (t) => {
  if (spawnSync('promtool', ['--version']).error !== undefined) {
    return t.skip('promtool is not here (Debian: package prometheus)');
  }
  const { panels } = JSON.parse(readFileSync(DASHBOARD_FILE, 'utf8')) as DashboardJson;
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-dashboard-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'dashboard.rules.yml');
  // JSON is YAML.
  const check = (rules: string): number | null => {
    writeFileSync(file, rules);
    return spawnSync('promtool', ['check', 'rules', file]).status;
  };
  assert.equal(check(asRules(panels)), 0);
  assert.notEqual(check(asRules(panels).replace('sum(', 'sum((')), 0, 'a broken one is noticed');
  return undefined;
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
