/**
 * The alarm drill: the real service, SIEMs that fail in turn, and Prometheus with the shipped rules, every time in them divided
 * by 60. Measures how long each alert takes to fire and to clear, and writes docs/operations/alarms.md.
 *
 *   npm run drill:alarms                          all of them, about ten minutes; as root on Linux (it mounts a tmpfs)
 *   npm run drill:alarms -- AegisSiemStoreErrors  the fault of one alert, writes nothing
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALERT_RULES } from '../../scripts/alerts/alert-rules.ts';
import { ALARM_FAULTS, type AlarmFault } from './alarms/alarm-faults.ts';
import { AlarmWorld } from './alarms/alarm-world.ts';
import { hasPrometheus, type PrometheusProcess } from './prometheus-process.ts';

const SHRINK = 60;
const PHASE_TIMEOUT_MS = 120_000;
/** An alert that did not fire for so long is taken to be quiet. */
const QUIET_MS = 4_000;

interface Measured {
  readonly cause: string;
  readonly fires?: number;
  readonly clears?: number;
}

/** Breaks something, waits until the alerts fire, mends it, waits until they clear. */
async function phase(fault: AlarmFault, world: AlarmWorld): Promise<ReadonlyMap<string, Measured>> {
  const { cause, alerts } = fault;
  const { prometheus } = world;
  console.error(`${cause} ...`);
  // What still fires from the fault before would look like an alert that fires at once.
  await quiet(alerts, prometheus);
  const brokenMs = Date.now();
  const [, fires] = await Promise.all([
    fault.breakIt(world),
    times(alerts, (names, alert) => names.has(alert), prometheus, brokenMs),
  ]);
  const mendedMs = Date.now();
  await fault.mendIt(world);
  const clears = await times(alerts, (names, alert) => !names.has(alert), prometheus, mendedMs);
  return new Map(
    alerts.map((alert) => {
      const [fired, cleared] = [fires.get(alert), clears.get(alert)];
      console.error(`  ${alert}: fires after ${fired ?? '-'} s, clears after ${cleared ?? '-'} s`);
      return [
        alert,
        {
          cause,
          ...(fired === undefined ? {} : { fires: fired }),
          ...(fired === undefined || cleared === undefined ? {} : { clears: cleared }),
        },
      ];
    }),
  );
}

async function quiet(alerts: readonly string[], prometheus: PrometheusProcess): Promise<void> {
  const deadline = Date.now() + PHASE_TIMEOUT_MS;
  let sinceMs = Date.now();
  while (Date.now() - sinceMs < QUIET_MS && Date.now() < deadline) {
    const firing = await prometheus.firing();
    if (alerts.some((alert) => firing.has(alert))) sinceMs = Date.now();
    await sleep(200);
  }
}

/** Seconds from `startedMs` until each alert is as wanted. */
async function times(
  alerts: readonly string[],
  isSo: (firing: ReadonlySet<string>, alert: string) => boolean,
  prometheus: PrometheusProcess,
  startedMs: number,
): Promise<ReadonlyMap<string, number>> {
  const seconds = new Map<string, number>();
  while (seconds.size < alerts.length && Date.now() - startedMs < PHASE_TIMEOUT_MS) {
    const firing = await prometheus.firing();
    for (const alert of alerts) {
      if (!seconds.has(alert) && isSo(firing, alert)) {
        seconds.set(alert, Math.round((Date.now() - startedMs) / 100) / 10);
      }
    }
    await sleep(200);
  }
  return seconds;
}

function page(measured: ReadonlyMap<string, Measured>): string {
  const rows = ALERT_RULES.map(({ name, severity, runbook }) => {
    const found = measured.get(name);
    const cells = [
      `\`${name}\``,
      severity,
      found?.cause ?? 'not drilled',
      cell(found?.fires),
      cell(found?.clears),
      `[${runbook}](${runbook}.md)`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const made = [...measured.values()].filter(({ clears }) => clears !== undefined).length;
  return `# Alarms: how fast they fire and clear

<!-- Made by "npm run drill:alarms". -->

A drill with the real service on a small disk of its own, a Splunk that fails in turn, and Prometheus with the shipped rules, **every
time in them divided by ${SHRINK}**; scraped and judged once a second. Seconds count from the fault and from its mending, what the
service itself waits among them (the disk is measured each minute, a limit each half minute, rows are looked after each minute: these
are as shipped); of the shipped rules the waiting times are ${SHRINK} times as long. In this drill ${made} of ${ALERT_RULES.length} alerts fired and
cleared; each of them also does in the unit tests beside the rules (\`promtool test rules\`, which \`npm test\` runs where promtool is
on the PATH).

| alert | level | what was broken | fires after, s | clears after, s | runbook |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function cell(seconds: number | undefined): string {
  return seconds === undefined ? '-' : String(seconds);
}

async function drill(faults: readonly AlarmFault[]): Promise<ReadonlyMap<string, Measured>> {
  const world = await AlarmWorld.start(SHRINK);
  if (world === undefined)
    throw new Error('the drill mounts a small disk of its own: run it as root on Linux');
  const measured = new Map<string, Measured>();
  try {
    for (const fault of faults) {
      try {
        for (const [name, one] of await phase(fault, world)) measured.set(name, one);
      } catch (error) {
        // The faults after it are still worth their figures.
        console.error(error);
        for (const name of fault.alerts) measured.set(name, { cause: fault.cause });
      }
    }
  } finally {
    await world.close();
  }
  return measured;
}

if (hasPrometheus()) {
  const [only] = process.argv.slice(2);
  const faults = ALARM_FAULTS.filter(({ alerts }) => only === undefined || alerts.includes(only));
  if (faults.length === 0) throw new Error(`no fault makes "${only ?? ''}" fire`);
  const measured = await drill(faults);
  if (only === undefined) {
    writeFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operations', 'alarms.md'), page(measured));
  }
  const wanted = only === undefined ? ALERT_RULES.map(({ name }) => name) : [...measured.keys()];
  const failed = wanted.filter((name) => measured.get(name)?.clears === undefined);
  console.error(
    failed.length === 0 ? 'every alert of the drill fired and cleared' : `not so: ${failed.join(', ')}`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
} else {
  console.error('Prometheus is not here (Debian: package prometheus); nothing was drilled');
  process.exitCode = 2;
}
