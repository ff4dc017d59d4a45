import { pino } from 'pino';
import { Registry } from 'prom-client';
import { ApiMetrics } from '../api/api-metrics.ts';
import { addBacklogMetrics, MAX_MEASURED_DESTINATIONS } from '../backlog-metrics.ts';
import { deliveryWatch, MAX_LABELLED_DESTINATIONS } from '../delivery-watch.ts';
import { CertificateWatch } from '../certificate-watch.ts';
import { peerCertificateGauge } from './peer-certificate-watch.ts';
import { noticeCounter } from './notice-counter.ts';
import { addProcessMetrics } from './process-metrics.ts';

/** One metric of this product, as it is declared. */
export interface DeclaredMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** Every metric of our own, by name. Those of Node itself (`nodejs_*`, `process_*`) come beside them. */
export function declaredMetrics(): readonly DeclaredMetric[] {
  const registry = new Registry();
  addProcessMetrics(registry, '0').stop();
  deliveryWatch(pino({ level: 'silent' }), registry);
  void new ApiMetrics(registry);
  peerCertificateGauge(registry);
  noticeCounter(registry);
  new CertificateWatch({
    admin: { listDestinations: async () => ({ items: [] }) },
    registry,
    clock: { nowMs: () => 0 },
    logger: { warn: () => undefined },
  })[Symbol.dispose]();
  addBacklogMetrics(registry, {
    admin: { listDestinations: async () => ({ items: [] }), readProgress: () => never() },
    backlog: { measure: () => never() },
    proof: { lastCheckpoint: () => never() },
    clock: { nowMs: () => 0 },
  });
  return registry
    .getMetricsAsArray()
    .map((metric) => {
      // The library types what it is given and not what it keeps.
      const kept: unknown = metric;
      const { type, labelNames } = kept as { type?: string; labelNames?: readonly string[] };
      return { name: metric.name, type: type ?? '', labels: labelNames ?? [], help: metric.help };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function never(): never {
  throw new Error('there is no destination to ask about');
}

/** docs/reference/metrics.md, whole. A test holds the committed file to it. */
function metricsDocument(): string {
  const rows = declaredMetrics().map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help.replaceAll('|', '\\|')} |`,
  );
  return `# Metrics

<!-- Made from the code by "node src/metrics/metrics-document.ts > docs/reference/metrics.md". -->

\`GET /metrics\` of the service answers these in the Prometheus text format, to a key with the scope \`deliveries:read\` that is bound
to no workspace. A process that only delivers (\`aegis-siem worker\`) answers them on \`AEGIS_SIEM_WORKER_PORT\`, without a key. Beside
them stand Node's own (\`nodejs_*\`, \`process_*\`). Alert rules: [content/prometheus](../../content/prometheus/README.md); a dashboard:
[content/grafana](../../content/grafana/README.md).

Numbers of a process count from its start. What is read from the store at a scrape (\`aegis_siem_outbox_*\`, \`aegis_siem_dead_letters\`,
\`aegis_siem_destination_*\`, \`aegis_siem_checkpoint_age_seconds\`) is the same in every process of a store: take \`max\` over them, not
\`sum\`.

**Labels are bounded.** \`destination\` is the destination's id: at most ${MAX_LABELLED_DESTINATIONS} in a process have series of their own and the others
share \`others\`; what is read from the store covers the first ${MAX_MEASURED_DESTINATIONS} destinations. Words from elsewhere (codes of refusals) are
bounded in number too. No label ever holds a value of a record.

| metric | type | labels | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}

**Not there, and why.** A time for claiming work: a lane is taken once and kept, nothing is claimed row by row. Failures of
\`verify\`: it judges an export, away from this service, and says so by its exit status. Open breakers: a destination that waits shows
in \`aegis_siem_destination_wait_seconds\` and \`aegis_siem_destination_health\`.
`;
}

if (import.meta.main) process.stdout.write(metricsDocument());
