import type { DeliveryObserver } from '../src/delivery/delivery-observer.ts';

/** An observer, and a promise that is kept once so many events are delivered. */
export function onceDelivered(count: number): {
  readonly observer: DeliveryObserver;
  readonly done: Promise<void>;
} {
  const { promise, resolve } = Promise.withResolvers<void>();
  let delivered = 0;
  return {
    done: promise,
    observer: {
      finished: (batch) => {
        delivered += batch.delivered;
        if (delivered >= count) resolve();
      },
    },
  };
}
