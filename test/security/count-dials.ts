import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Node tells here of each outgoing socket that is made, whoever makes it. */
const CHANNEL = 'net.client.socket';

/** Counts the sockets that this process makes towards anything, from now on. */
export function countDials(): Disposable & { readonly count: () => number } {
  let dials = 0;
  const onSocket = (): void => void (dials += 1);
  subscribe(CHANNEL, onSocket);
  return { count: () => dials, [Symbol.dispose]: () => void unsubscribe(CHANNEL, onSocket) };
}
