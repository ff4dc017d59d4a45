import { type ClientRequest, type IncomingMessage, request } from 'node:http';

export interface StreamEvent {
  readonly event: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A reader of server-sent events over a real socket. */
export class EventStream {
  readonly status: number;
  readonly events: StreamEvent[] = [];
  readonly ended: Promise<void>;
  readonly #outgoing: ClientRequest;
  #waiting: (() => void)[] = [];

  private constructor(outgoing: ClientRequest, incoming: IncomingMessage) {
    this.#outgoing = outgoing;
    this.status = incoming.statusCode ?? 0;
    let text = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.#read(block);
    });
    this.ended = new Promise((resolve) => incoming.once('close', () => resolve()));
  }

  static open(url: string, key: string, lastId?: string): Promise<EventStream> {
    return new Promise((resolve, reject) => {
      const outgoing = request(new URL('/v1/siem/stream', url), {
        agent: false,
        headers: {
          authorization: `Bearer ${key}`,
          ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
        },
      });
      outgoing.once('error', reject);
      outgoing.once('response', (incoming) => resolve(new EventStream(outgoing, incoming)));
      outgoing.end();
    });
  }

  /** The first event, of those so far and those to come, that fits. */
  async until(fits: (event: StreamEvent) => boolean): Promise<StreamEvent> {
    for (;;) {
      const found = this.events.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  close(): void {
    this.#outgoing.destroy();
  }

  #read(block: string): void {
    const field = (name: string): string | undefined =>
      block
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2);
    const data = field('data');
    if (data === undefined) return;
    this.events.push({
      event: field('event') ?? '',
      id: field('id') ?? '',
      data: JSON.parse(data) as StreamEvent['data'],
    });
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
