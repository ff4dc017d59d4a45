/**
 * The thread in which the embedded store's delivery runs: `node:sqlite` blocks the thread it is called on, and the API must
 * go on answering. It has a store of its own on the same file; logs and observations go to the main thread as messages.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { codeOf } from './delivery/error-fields.ts';
import type { DeliveryObserver } from './delivery/delivery-observer.ts';
import { createDeliveryEngine } from './delivery-engine.ts';
import {
  type FromThread,
  type LogLevel,
  OBSERVER_CALLS,
  type ThreadData,
  type ToThread,
} from './delivery-messages.ts';
import { onWork } from './outbox/wake-signal.ts';
import { openStore } from './store/open-store.ts';

const port = parentPort;
if (port === null) throw new Error('delivery-thread.ts runs as a worker thread only');

function tell(message: FromThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: nothing has an origin here
  port?.postMessage(message);
}

const log =
  (level: LogLevel) =>
  (fields: Readonly<Record<string, unknown>>, message: string): void =>
    tell({ kind: 'log', level, fields, message });
const logger = { info: log('info'), warn: log('warn'), error: log('error') };

const observer: DeliveryObserver = Object.fromEntries(
  OBSERVER_CALLS.map((call) => [call, (event: unknown) => tell({ kind: 'observed', call, event })]),
);

try {
  // Made by startDelivery, which is the only one to start this file.
  const data = workerData as ThreadData;
  const store = await openStore(data.storeUrl, {
    logger,
    ...(data.sidecarPath === undefined ? {} : { sidecarPath: data.sidecarPath }),
  });
  const delivery = createDeliveryEngine(store, data.options, { logger, observer });
  const ignoreWork = onWork(() => delivery.wake());
  port.on('message', (message: ToThread) => {
    if (message.kind === 'wake') {
      delivery.wake();
      return;
    }
    ignoreWork();
    void delivery
      .stop(message.graceMs)
      .then(() => store.close())
      .catch((error: unknown) => logger.error({ code: codeOf(error) }, 'The delivery did not stop cleanly'))
      .finally(() => port.close());
  });
  delivery.start();
  tell({ kind: 'started' });
} catch (error) {
  tell({
    kind: 'failed',
    code: codeOf(error) ?? 'delivery_failed',
    message: error instanceof Error ? error.message : 'The delivery could not be started',
  });
  port.close();
}
