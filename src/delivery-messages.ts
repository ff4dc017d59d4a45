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

export const OBSERVER_CALLS = [
  'attempt',
  'healthChanged',
  'finished',
  'duplicates',
  'lane',
  'reconciled',
  'replayed',
  'limitMeasured',
  'limitAlarm',
  'spaceMeasured',
  'spaceAlarm',
  'pruned',
  'logLooked',
  'chained',
  'looked',
  'lagMeasured',
  'storeFailed',
  'credentialsUnopened',
  'egressBlocked',
] as const satisfies readonly ObserverCall[];

/** A call that is not listed would be lost between the threads: then this does not compile. */
type Unlisted = Exclude<ObserverCall, (typeof OBSERVER_CALLS)[number]>;
export const NOTHING_UNLISTED: readonly Unlisted[] = [] satisfies readonly never[];

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
