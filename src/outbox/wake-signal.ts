import { BroadcastChannel } from 'node:worker_threads';

/** Heard by every thread of this process, and by no other process. */
const CHANNEL_NAME = 'aegis-siem:wake';

/**
 * Tells the lanes of this process that rows were written. Cheap enough to call for every record: calls of one turn of the
 * event loop make one message. The rows may not be committed yet, so a listener looks more than once; a poll finds what no
 * message told.
 */
export const announceWork: () => void = makeAnnouncer();

/**
 * Calls `listener` after work was announced, on whichever thread. Answers how to stop listening. Listening keeps no process
 * alive.
 */
export function onWork(listener: () => void): () => void {
  const channel = openChannel();
  channel.addEventListener('message', () => listener());
  channel.unref();
  return () => channel.close();
}

// A signal for the whole process needs one place in the process: the channel is opened at the first use and kept.
function makeAnnouncer(): () => void {
  let channel: BroadcastChannel | undefined;
  let announced = false;
  return () => {
    if (announced) return;
    announced = true;
    setImmediate(() => {
      announced = false;
      channel ??= openChannel();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window: nothing has an origin here
      channel.postMessage(null);
    });
  };
}

function openChannel(): BroadcastChannel {
  const channel = new BroadcastChannel(CHANNEL_NAME);
  channel.unref();
  return channel;
}
