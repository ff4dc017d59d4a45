import { StartError } from '../start-error.ts';

/** The packages, each loaded when it is asked for: they are optional, and nobody who does not export needs them. */
const PACKAGES = {
  api: () => import('@opentelemetry/api'),
  resources: () => import('@opentelemetry/resources'),
  traces: () => import('@opentelemetry/sdk-trace'),
  metrics: () => import('@opentelemetry/sdk-metrics'),
  traceExporter: () => import('@opentelemetry/exporter-trace-otlp-http'),
  metricExporter: () => import('@opentelemetry/exporter-metrics-otlp-http'),
};

export type SdkPackages = typeof PACKAGES;
export type Sdk = { readonly [Name in keyof SdkPackages]: Awaited<ReturnType<SdkPackages[Name]>> };

/** What to install, as it is said to the operator. */
const SDK_PACKAGE_NAMES = [
  '@opentelemetry/api',
  '@opentelemetry/resources',
  '@opentelemetry/sdk-trace',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/exporter-metrics-otlp-http',
] as const;

/** Loads the OpenTelemetry SDK. Throws `StartError` where it is not installed, or is of another kind than ours. */
export async function loadSdk(packages: SdkPackages = PACKAGES): Promise<Sdk> {
  try {
    const [api, resources, traces, metrics, traceExporter, metricExporter] = await Promise.all([
      packages.api(),
      packages.resources(),
      packages.traces(),
      packages.metrics(),
      packages.traceExporter(),
      packages.metricExporter(),
    ]);
    return { api, resources, traces, metrics, traceExporter, metricExporter };
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
    const why = missing
      ? 'the OpenTelemetry packages are not installed'
      : `the OpenTelemetry packages cannot be loaded (${firstLine(cause)})`;
    throw new StartError(
      'telemetry_unusable',
      `AEGIS_SIEM_OTLP_ENDPOINT: ${why}; run "npm install ${SDK_PACKAGE_NAMES.join(' ')}", or leave the setting out`,
      { cause },
    );
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
