import { Agent, request } from 'node:http';

/** Posts one body to the sink; rejects unless it is taken. Connections are kept, as ours are. */
export class SinkClient {
  readonly #url: URL;
  readonly #agent: Agent;

  constructor(sinkUrl: string, maxConnections: number) {
    this.#url = new URL('/services/collector/event', sinkUrl);
    this.#agent = new Agent({ keepAlive: true, maxSockets: maxConnections });
  }

  post(envelopes: readonly string[]): Promise<void> {
    const body = Buffer.from(envelopes.join(''));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const outgoing = request(this.#url, {
      method: 'POST',
      agent: this.#agent,
      headers: { authorization: 'Splunk bench-token', 'content-length': String(body.length) },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      incoming.resume();
      incoming.on('error', reject);
      incoming.on('end', () => {
        if (incoming.statusCode === 200) resolve();
        else reject(new Error(`the sink answered ${String(incoming.statusCode)}`));
      });
    });
    outgoing.end(body);
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}
