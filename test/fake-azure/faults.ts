import type { ServerResponse } from 'node:http';

/** The three services behind one address. */
export type FakeService = 'token' | 'logs_ingestion' | 'data_collector';

/** What a service does in place of its usual work. */
export type Fault =
  /** Answers without looking at the body. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    }
  /** Reads the request and never answers. */
  | { readonly kind: 'hang' }
  /** Cuts the connection before the body is read. */
  | { readonly kind: 'reset' }
  /** Does its work and cuts the connection instead of answering: the outcome is unknown to the sender. */
  | { readonly kind: 'take_then_reset' }
  /** Works as usual and answers after this time. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Answers with headers that promise more than the body that follows, then cuts the connection. */
  | { readonly kind: 'cut_reply'; readonly status: number; readonly body: string };

/** Faults in the order they were ordered, for so many requests each. */
export class Faults {
  readonly #planned: { service: FakeService; fault: Fault; left: number }[] = [];

  plan(service: FakeService, fault: Fault, times: number): void {
    this.#planned.push({ service, fault, left: times });
  }

  take(service: FakeService): Fault | undefined {
    const next = this.#planned.find((entry) => entry.service === service && entry.left > 0);
    if (next === undefined) return undefined;
    next.left -= 1;
    return next.fault;
  }

  clear(): void {
    this.#planned.length = 0;
  }
}

/** Carries out a fault that needs no body. Answers false for one that the service has to carry out itself. */
export function carryOut(fault: Fault, response: ServerResponse): boolean {
  switch (fault.kind) {
    case 'answer':
      response.writeHead(fault.status, { ...fault.headers });
      response.end(fault.body);
      return true;
    case 'hang':
      return true;
    case 'reset':
      response.socket?.resetAndDestroy();
      return true;
    case 'cut_reply':
      response.writeHead(fault.status, { 'content-length': String(fault.body.length + 100) });
      response.write(fault.body, () => response.socket?.destroy());
      return true;
    case 'take_then_reset':
    case 'slow':
      return false;
    default:
      return fault satisfies never;
  }
}
