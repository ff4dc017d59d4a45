import type { DeliveryObserver } from './delivery/delivery-observer.ts';
import type { DeliveryOptions } from './delivery-engine.ts';

/** What the delivery thread is started with. */
export interface ThreadData {
  readonly storeUrl: string;
  readonly sidecarPath?: string;
  readonly options: DeliveryOptions;
}

export type ToThread = { readonly kind: 'wake' } | { readonly kind: 'stop'; readonly graceMs: number };

export type LogLevel = 'info' | 'warn' | 'error';
export type ObserverCall = keyof DeliveryObserver;

/** A call that is not listed would be lost between the threads: then this does not compile. */
const LISTED: Readonly<Record<ObserverCall, true>> = {
  attempt: true,
  healthChanged: true,
  finished: true,
  duplicates: true,
  lane: true,
  reconciled: true,
  replayed: true,
  limitMeasured: true,
  limitAlarm: true,
  spaceMeasured: true,
  spaceAlarm: true,
  pruned: true,
  logLooked: true,
  chained: true,
  looked: true,
  lagMeasured: true,
  storeFailed: true,
  credentialsUnopened: true,
  egressBlocked: true,
};
export const OBSERVER_CALLS = Object.keys(LISTED) as readonly ObserverCall[];

export type FromThread =
  | { readonly kind: 'started' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | {
      readonly kind: 'log';
      readonly level: LogLevel;
      readonly fields: Readonly<Record<string, unknown>>;
      readonly message: string;
    }
  | { readonly kind: 'observed'; readonly call: ObserverCall; readonly event: unknown };
