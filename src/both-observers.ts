import type { DeliveryObserver } from './delivery/delivery-observer.ts';
import { OBSERVER_CALLS } from './delivery-messages.ts';

/** One observer out of two, told in this order. What the first one throws is thrown, and the second is not told then. */
export function bothObservers(first: DeliveryObserver, second: DeliveryObserver): DeliveryObserver {
  return Object.fromEntries(
    OBSERVER_CALLS.map((name) => {
      const calls = [first, second].flatMap((observer) => {
        // Each call takes the one event of its name, and gets it from the call of the same name.
        const call = observer[name] as ((event: unknown) => void) | undefined;
        return call === undefined ? [] : [call.bind(observer)];
      });
      return [name, (event: unknown) => calls.forEach((call) => call(event))];
    }),
  );
}
