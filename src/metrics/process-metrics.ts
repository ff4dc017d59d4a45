import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/** How finely the delay of the event loop is sampled. */
const RESOLUTION_MS = 10;
const QUANTILES = [0.5, 0.99, 1] as const;
const NS_PER_SECOND = 1e9;

export interface ProcessMetrics {
  /** Ends the sampling. */
  stop(): void;
}

/** What this process is, and how long its event loop keeps others waiting. */
export function addProcessMetrics(registry: Registry, version: string): ProcessMetrics {
  const registers = [registry];
  const build = new Gauge({
    name: 'aegis_siem_build_info',
    help: '1, with the version of the product and of Node',
    labelNames: ['version', 'node'],
    registers,
  });
  build.set({ version, node: process.version }, 1);
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const gauge = new Gauge({
    name: 'aegis_siem_event_loop_delay_seconds',
    help: 'Delay of the event loop since the last scrape, by quantile (1 is the longest)',
    labelNames: ['quantile'],
    registers,
    collect: () => {
      for (const quantile of QUANTILES) {
        // The sampler counts its own pause too.
        const ns = delay.count === 0 ? 0 : delay.percentile(quantile * 100) - RESOLUTION_MS * 1e6;
        gauge.set({ quantile: String(quantile) }, Math.max(0, ns) / NS_PER_SECOND);
      }
      delay.reset();
    },
  });
  return { stop: () => delay.disable() };
}
