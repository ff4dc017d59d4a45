import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import type { RequestObserver } from '../api/request-observer.ts';
import type { DeliveryObserver } from '../delivery/delivery-observer.ts';
import type { DeliveryStore } from '../outbox/delivery-store.ts';
import { deliverySpans, MAX_LINKS } from './delivery-spans.ts';
import { ExportWatch, type ExportWatchLogger } from './export-watch.ts';
import { loadSdk, type Sdk } from './load-sdk.ts';
import { RecentRequests } from './recent-requests.ts';
import { registryMetrics } from './registry-metrics.ts';
import { requestSpans } from './request-spans.ts';

const SCOPE = 'aegis-siem';
/** Ended spans that wait to be exported; beyond it new ones are lost. */
const MAX_QUEUED_SPANS = 4_096;
const MAX_SPANS_A_REQUEST = 512;
const SPANS_EVERY_MS = 5_000;
const METRICS_EVERY_MS = 60_000;
/** One export, the repeats of the exporter included. */
const EXPORT_TIMEOUT_MS = 5_000;
/** At a stop. */
const FLUSH_MS = 3_000;

export interface TelemetryParts {
  /** Of the settings: `http://HOST:4318`; `/v1/traces` and `/v1/metrics` follow. */
  readonly endpoint: string;
  readonly role: 'service' | 'worker';
  readonly version: string;
  /** Unique for each start. */
  readonly instanceId: string;
  readonly registry: Registry;
  readonly store: Pick<DeliveryStore, 'readRecords'>;
  readonly logger: ExportWatchLogger;
  readonly nowMs: () => number;
  /** Shorter in tests. */
  readonly spansEveryMs?: number;
  readonly metricsEveryMs?: number;
}

/** What is told over OTLP. */
export interface Telemetry {
  readonly observer: DeliveryObserver;
  readonly requests: RequestObserver;
  /** Sends what is queued, for no longer than a few seconds. Never rejects. */
  stop(): Promise<void>;
}

/**
 * Traces and metrics over OTLP/HTTP, by OpenTelemetry's own SDK. Registers nothing globally. Throws `StartError` where the SDK is not
 * installed; after that nothing of it reaches delivery or the API: what cannot be exported is dropped.
 */
export async function openTelemetry(
  parts: TelemetryParts,
  load: () => Promise<Sdk> = loadSdk,
): Promise<Telemetry> {
  const sdk = await load();
  const { nowMs } = parts;
  const watch = new ExportWatch(parts.logger);
  const resource = sdk.resources.resourceFromAttributes({
    'service.name': SCOPE,
    'service.version': parts.version,
    'service.instance.id': parts.instanceId,
    'aegis_siem.role': parts.role,
  });
  const tracers = tracerProvider(sdk, parts, resource, watch);
  const meters = meterProvider(sdk, parts, resource, watch);
  const tracer = tracers.getTracer(SCOPE, parts.version);
  const recent = new RecentRequests();
  const shared = { api: sdk.api, tracer, recent, nowMs };
  const spans = deliverySpans({ ...shared, store: parts.store });
  return {
    observer: spans.observer,
    requests: requestSpans(shared),
    stop: async () => {
      const giveUp = new AbortController();
      const ended = spans.end().then(() => Promise.allSettled([tracers.shutdown(), meters.shutdown()]));
      const late = sleep(FLUSH_MS, 'late' as const, { signal: giveUp.signal }).catch(() => undefined);
      if ((await Promise.race([ended, late])) === 'late') {
        parts.logger.warn(
          { flush_ms: FLUSH_MS },
          'OpenTelemetry could not be flushed in time; the rest is lost',
        );
      }
      giveUp.abort();
    },
  };
}

type Resource = ReturnType<Sdk['resources']['resourceFromAttributes']>;
type TracerProvider = InstanceType<Sdk['traces']['TracerProvider']>;
type MeterProvider = InstanceType<Sdk['metrics']['MeterProvider']>;

function tracerProvider(
  sdk: Sdk,
  parts: TelemetryParts,
  resource: Resource,
  watch: ExportWatch,
): TracerProvider {
  const otlp = new sdk.traceExporter.OTLPTraceExporter({
    url: urlOf(parts.endpoint, 'v1/traces'),
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const exporter = {
    export: (...[items, done]: Parameters<typeof otlp.export>) =>
      otlp.export(items, watch.watched('traces', done)),
    forceFlush: () => otlp.forceFlush(),
    shutdown: () => otlp.shutdown(),
  };
  return new sdk.traces.TracerProvider({
    resource,
    sampler: new sdk.traces.AlwaysOnSampler(),
    spanLimits: { linkCountLimit: MAX_LINKS, attributeCountLimit: 32 },
    spanProcessors: [
      new sdk.traces.BatchSpanProcessor({
        exporter,
        maxQueueSize: MAX_QUEUED_SPANS,
        maxExportBatchSize: MAX_SPANS_A_REQUEST,
        scheduledDelayMillis: parts.spansEveryMs ?? SPANS_EVERY_MS,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  });
}

function meterProvider(
  sdk: Sdk,
  parts: TelemetryParts,
  resource: Resource,
  watch: ExportWatch,
): MeterProvider {
  const otlp = new sdk.metricExporter.OTLPMetricExporter({
    url: urlOf(parts.endpoint, 'v1/metrics'),
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const everyMs = parts.metricsEveryMs ?? METRICS_EVERY_MS;
  const startMs = parts.nowMs();
  return new sdk.metrics.MeterProvider({
    resource,
    readers: [
      new sdk.metrics.PeriodicExportingMetricReader({
        exporter: {
          export: (...[items, done]: Parameters<typeof otlp.export>) =>
            otlp.export(items, watch.watched('metrics', done)),
          forceFlush: () => otlp.forceFlush(),
          shutdown: () => otlp.shutdown(),
        },
        exportIntervalMillis: everyMs,
        exportTimeoutMillis: Math.min(EXPORT_TIMEOUT_MS, everyMs),
        metricProducers: [
          {
            collect: async () => {
              const metrics = await registryMetrics(parts.registry, {
                sdk: sdk.metrics,
                startMs,
                nowMs: parts.nowMs,
              });
              const scope = { name: SCOPE, version: parts.version };
              return { resourceMetrics: { resource, scopeMetrics: [{ scope, metrics }] }, errors: [] };
            },
          },
        ],
      }),
    ],
  });
}

function urlOf(endpoint: string, path: string): string {
  return `${endpoint.replace(/\/+$/, '')}/${path}`;
}
