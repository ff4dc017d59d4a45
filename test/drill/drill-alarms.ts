/**
 * The alarm drill: the real service, a fake Splunk that fails in turn, and Prometheus with the shipped rules, every time in them
 * divided by 60. Measures how long each alert takes to fire and to clear, and writes docs/operations/alarms.md.
 *
 *   npm run drill:alarms
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALERT_RULES } from '../../scripts/alerts/alert-rules.ts';
import { rulesFile } from '../../scripts/alerts/rules-file.ts';
import { addSplunk, Installation, record, WORKSPACE } from '../api/installation.ts';
import { callService } from '../api/call-service.ts';
import { startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { startServiceProcess } from '../support/service-process.ts';
import { hasPrometheus, PrometheusProcess } from './prometheus-process.ts';

const SHRINK = 60;
const PHASE_TIMEOUT_MS = 90_000;
/** The same after each restart, so that it is scraped again. */
const PORT = 38_602;
const ENV = {
  AEGIS_SIEM_CHECKPOINT_SECONDS: '5',
  AEGIS_SIEM_PORT: String(PORT),
  AEGIS_SIEM_LEASE_SECONDS: '2',
};

interface Measured {
  readonly cause: string;
  readonly fires?: number;
  readonly clears?: number;
}

async function drill(): Promise<ReadonlyMap<string, Measured>> {
  const installation = new Installation();
  const splunk = await startFakeSplunk();
  let service = await startServiceProcess({ folder: installation.folder, env: ENV });
  const rules = installation.file('rules.yml');
  writeFileSync(rules, rulesFile(ALERT_RULES, SHRINK));
  const prometheus = await PrometheusProcess.start({
    folder: installation.folder,
    target: new URL(service.url).host,
    keyFile: installation.file('admin-key'),
    rulesFile: rules,
  });
  const measured = new Map<string, Measured>();
  /** Breaks something, waits until the alerts fire, mends it, waits until they clear. */
  const phase = async (
    cause: string,
    alerts: readonly string[],
    breakIt: () => Promise<unknown>,
    mendIt: () => Promise<unknown>,
  ): Promise<void> => {
    console.error(`${cause} ...`);
    // What still fires from the phase before would look like an alert that fires at once.
    await times(alerts, (names, alert) => !names.has(alert), prometheus, Date.now());
    const brokenMs = Date.now();
    await breakIt();
    const fires = await times(alerts, (names, alert) => names.has(alert), prometheus, brokenMs);
    const mendedMs = Date.now();
    await mendIt();
    const clears = await times(alerts, (names, alert) => !names.has(alert), prometheus, mendedMs);
    for (const alert of alerts) {
      const [fired, cleared] = [fires.get(alert), clears.get(alert)];
      measured.set(alert, {
        cause,
        ...(fired === undefined ? {} : { fires: fired }),
        ...(fired === undefined || cleared === undefined ? {} : { clears: cleared }),
      });
      console.error(`  ${alert}: fires after ${fired ?? '-'} s, clears after ${cleared ?? '-'} s`);
    }
  };
  let seed = 1;
  const key = installation.key();
  const decide = (count = 5) => record(service.url, key, (seed += 1), count);
  const id = await addSplunk(service.url, key, splunk);
  const wakeUp = () =>
    callService(service.url, key, 'PATCH', `/v1/siem/destinations/${id}`, {
      credentials: { token: splunk.token },
    });
  try {
    await decide();
    await splunk.waitFor(5);
    await sleep(5_000);
    await phase(
      'the SIEM answers 503',
      [
        'AegisSiemDestinationFailing',
        'AegisSiemEventsLate',
        'AegisSiemCheckpointOverdue',
        'AegisSiemEventsVeryLate',
      ],
      async () => {
        splunk.answerAlways(8);
        await decide();
      },
      async () => {
        splunk.answerAlways(undefined);
        await wakeUp();
      },
    );
    await phase(
      'the token is not taken any more',
      ['AegisSiemDestinationHeld'],
      async () => {
        splunk.answerAlways(4);
        await decide();
      },
      async () => {
        splunk.answerAlways(undefined);
        await wakeUp();
      },
    );
    await phase(
      'an event is refused for good',
      ['AegisSiemDeadLetters'],
      async () => {
        const [text = '{}'] = generateAttestations({ seed: seed + 1, count: 1, workspaceId: WORKSPACE });
        const { attestation_id: bad } = JSON.parse(text) as { attestation_id: string };
        splunk.refuse({
          matches: ({ metadata }) => JSON.stringify(metadata).includes(bad),
          code: 6,
          withNumber: true,
        });
        await decide();
      },
      async () => {
        splunk.refuse(undefined);
        await callService(service.url, key, 'POST', '/v1/siem/dead-letters/retry', {
          filter: { destination_id: id },
        });
      },
    );
    await phase(
      'the disk of the store is full',
      ['AegisSiemRecordingRefused'],
      async () => {
        await service.end();
        service = await startServiceProcess({
          folder: installation.folder,
          env: { ...ENV, AEGIS_SIEM_DISK_RESERVE_BYTES: String(1024 ** 4) },
        });
        for (let count = 0; count < 3; count += 1) await decide().catch(() => undefined);
      },
      async () => {
        await service.end();
        service = await startServiceProcess({ folder: installation.folder, env: ENV });
      },
    );
    await phase(
      'the process is killed',
      ['AegisSiemDown', 'AegisSiemWorkerSilent'],
      () => service.end('SIGKILL'),
      async () => {
        service = await startServiceProcess({ folder: installation.folder, env: ENV });
      },
    );
  } finally {
    await prometheus.stop();
    await service.end();
    await splunk.close();
    installation.remove();
  }
  return measured;
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
      found?.cause ?? 'unit test only',
      cell(found?.fires),
      cell(found?.clears),
      `[${runbook}](${runbook}.md)`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const made = [...measured.values()].filter(({ clears }) => clears !== undefined).length;
  return `# Alarms: how fast they fire and clear

<!-- Made by "npm run drill:alarms". -->

A drill with the real service, a fake Splunk that fails in turn, and Prometheus with the shipped rules, **every time in them divided
by ${SHRINK}**; scraped and judged once a second. Seconds count from the fault and from its mending; of the shipped rules the waiting
times are ${SHRINK} times as long. In this drill ${made} of ${measured.size} alerts fired and cleared; each of the ${ALERT_RULES.length} fires and clears in the unit tests
beside the rules (\`promtool test rules\`).

| alert | level | what was broken | fires after, s | clears after, s | runbook |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function cell(seconds: number | undefined): string {
  return seconds === undefined ? '-' : String(seconds);
}

if (import.meta.main) {
  if (hasPrometheus()) {
    const measured = await drill();
    const text = page(measured);
    writeFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operations', 'alarms.md'), text);
    const failed = [...measured].filter(([, { clears }]) => clears === undefined).map(([name]) => name);
    console.error(
      failed.length === 0 ? 'every alert of the drill fired and cleared' : `not so: ${failed.join(', ')}`,
    );
    process.exitCode = failed.length === 0 ? 0 : 1;
  } else {
    console.error('Prometheus is not here (Debian: package prometheus); nothing was drilled');
    process.exitCode = 2;
  }
}
