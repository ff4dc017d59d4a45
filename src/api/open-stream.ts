import type { ServerResponse } from 'node:http';
import type { FeedMessage } from './overview-feed.ts';

/** Whoever does not read is cut off before this much waits for it. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** What a browser waits before it comes back. */
const RETRY_MS = 2_000;

/** One reader of server-sent events. Messages that come before it is ready are kept; after its end nothing is written. */
export class OpenStream {
  readonly actor: string;
  #early: FeedMessage[] = [];
  #response: ServerResponse | undefined;
  #ended = false;

  constructor(actor: string) {
    this.actor = actor;
  }

  /** `onClose` is called once, whichever side ends it, also when that has happened already. */
  begin(response: ServerResponse, headers: Readonly<Record<string, unknown>>, onClose: () => void): void {
    this.#response = response;
    if (this.#ended || response.destroyed) {
      response.destroy();
      onClose();
      return;
    }
    response.once('close', onClose);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value));
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that gather an answer before they pass it on would hold the events back.
      'x-accel-buffering': 'no',
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
    for (const message of this.#early) this.send(message);
    this.#early = [];
  }

  send(message: FeedMessage): void {
    if (this.#response === undefined) this.#early.push(message);
    else this.#write(`event: ${message.event}\nid: ${message.id}\ndata: ${message.data}\n\n`);
  }

  /** A sign of life, which keeps proxies from closing a quiet connection. */
  live(): void {
    this.#write(': still here\n\n');
  }

  end(): void {
    this.#ended = true;
    this.#response?.end();
  }

  #write(text: string): void {
    const response = this.#response;
    if (response === undefined || response.writableEnded) return;
    response.write(text);
    if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
  }
}
