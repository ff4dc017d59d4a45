import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { DESTINATION_KINDS } from './api/destination-kinds.ts';
import { addBacklogMetrics } from './backlog-metrics.ts';
import type { DeliveryObserver } from './delivery/delivery-observer.ts';
import { deliveryWatch } from './delivery-watch.ts';
import { probeAddress } from './egress/probe-address.ts';
import type { AddressPolicy } from './egress/address-policy.ts';
import { runPeerCertificateWatch } from './metrics/peer-certificate-watch.ts';
import { countStoreErrors } from './metrics/count-store-errors.ts';
import { addProcessMetrics } from './metrics/process-metrics.ts';
import { noticeCounter } from './metrics/notice-counter.ts';
import type { Destination } from './outbox/destination.ts';
import type { OpenedStore } from './store/open-store.ts';

const PROBE_TIMEOUT_MS = 10_000;

export interface ServiceWatchParts {
  readonly store: OpenedStore;
  readonly logger: Logger;
  readonly version: string;
  readonly clock: { nowMs(): number };
}

/** All that looks on while a process records and delivers: numbers, log lines, looks at certificates. */
export interface ServiceWatch {
  readonly registry: Registry;
  readonly observer: DeliveryObserver;
  /** When the store last told this process what work there is. */
  readonly lastLookMs: () => number;
  /** The store, its failures counted. */
  readonly store: OpenedStore;
  /** Begins to look at the certificates of the destinations; by a process that delivers. */
  watchCertificates(policy: AddressPolicy): void;
  /** When the certificates that destinations show end, by their ids, as the last look found them. */
  readonly certificateEnds: () => ReadonlyMap<string, number>;
  readonly noticeSent: (channel: string, result: 'sent' | 'failed') => void;
  stop(): Promise<void>;
}

export function openServiceWatch({ store, logger, version, clock }: ServiceWatchParts): ServiceWatch {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const processMetrics = addProcessMetrics(registry, version);
  // A start that hears nothing of its store for a minute is not ready either.
  let lastLookMs = clock.nowMs();
  const numbers = deliveryWatch(logger, registry, () => clock.nowMs());
  const observer: DeliveryObserver = {
    ...numbers,
    looked: (look) => {
      lastLookMs = clock.nowMs();
      numbers.looked?.(look);
    },
  };
  addBacklogMetrics(registry, { ...store, clock });
  const ending = new AbortController();
  const running: Promise<void>[] = [];
  let certificateEnds: ReadonlyMap<string, number> = new Map();
  const notices = noticeCounter(registry);
  return {
    registry,
    observer,
    lastLookMs: () => lastLookMs,
    store: countedStore(store, (code) => observer.storeFailed?.({ code })),
    certificateEnds: () => certificateEnds,
    noticeSent: (channel, result) => notices.inc({ channel, result }),
    watchCertificates: (policy) => {
      running.push(
        runPeerCertificateWatch(
          registry,
          {
            admin: store.admin,
            urlsOf,
            probe: (url, { config }) =>
              probeAddress(url, tlsOf(config), { policy, timeoutMs: PROBE_TIMEOUT_MS }),
            nowMs: () => clock.nowMs(),
            sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }).catch(() => undefined),
            onLook: (looks) => {
              certificateEnds = new Map(
                looks.map(({ destination, validToMs }) => [destination.destinationId, validToMs]),
              );
            },
            onError: (err) =>
              logger.warn({ err }, 'the certificates of the destinations could not be looked at'),
          },
          ending.signal,
        ),
      );
    },
    stop: async () => {
      ending.abort();
      processMetrics.stop();
      await Promise.all(running);
    },
  };
}

function countedStore(store: OpenedStore, onError: (code: string) => void): OpenedStore {
  return {
    ...store,
    record: countStoreErrors(store.record, onError),
    admin: countStoreErrors(store.admin, onError),
    proof: countStoreErrors(store.proof, onError),
    replays: countStoreErrors(store.replays, onError),
    notices: countStoreErrors(store.notices, onError),
  };
}

function urlsOf({ type, config }: Destination): readonly URL[] {
  const texts = DESTINATION_KINDS[type].urls(config).map(({ url }) => url);
  return [...new Set(texts)].flatMap((text) => URL.parse(text) ?? []);
}

/** The authority that a destination names in place of the system's list. */
function tlsOf(config: Destination['config']): { readonly caPem: string } | undefined {
  const { tls } = config;
  if (typeof tls !== 'object' || tls === null || Array.isArray(tls)) return undefined;
  const caPem = 'ca_pem' in tls ? tls['ca_pem'] : undefined;
  return typeof caPem === 'string' ? { caPem } : undefined;
}
