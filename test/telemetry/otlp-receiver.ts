import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly OtlpValue[] };
}

export interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code: number };
}

export interface OtlpPoint {
  readonly attributes: readonly OtlpAttribute[];
  readonly asDouble?: number;
  readonly count?: number | string;
  readonly sum?: number;
  readonly bucketCounts?: readonly (number | string)[];
  readonly explicitBounds?: readonly number[];
}

export interface OtlpMetric {
  readonly name: string;
  readonly sum?: { readonly isMonotonic: boolean; readonly dataPoints: readonly OtlpPoint[] };
  readonly gauge?: { readonly dataPoints: readonly OtlpPoint[] };
  readonly histogram?: { readonly dataPoints: readonly OtlpPoint[] };
}

interface Body {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly OtlpMetric[] }[];
  }[];
}

/** A real HTTP server that takes OTLP/JSON, or answers in another way. */
export class OtlpReceiver {
  readonly #server: Server;
  readonly texts: string[] = [];
  readonly spans: OtlpSpan[] = [];
  /** The metrics of the latest export. */
  metrics: readonly OtlpMetric[] = [];
  readonly resourceAttributes = new Map<string, OtlpValue>();
  requests = 0;
  /** `hang` never answers; `refuse` answers 400, which is not repeated. */
  answer: 'take' | 'refuse' | 'hang' = 'take';

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.requests += 1;
        if (this.answer === 'hang') return;
        if (this.answer === 'refuse') {
          response.writeHead(400).end();
          return;
        }
        const bytes = Buffer.concat(chunks);
        const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
        this.#take(request.url ?? '', text);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  named(name: string): readonly OtlpSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  #take(path: string, text: string): void {
    this.texts.push(text);
    // What is not of this form has no spans and no metrics, and fails the test that looks for them.
    const body = JSON.parse(text) as Body;
    if (path === '/v1/traces') {
      for (const { resource, scopeSpans } of body.resourceSpans ?? []) {
        for (const { key, value } of resource.attributes) this.resourceAttributes.set(key, value);
        this.spans.push(...scopeSpans.flatMap(({ spans }) => spans));
      }
    } else if (path === '/v1/metrics') {
      this.metrics = (body.resourceMetrics ?? []).flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics),
      );
    }
  }
}

export function attribute(
  of: { readonly attributes: readonly OtlpAttribute[] },
  key: string,
): string | number | undefined {
  const value = of.attributes.find((one) => one.key === key)?.value;
  return (
    value?.stringValue ??
    value?.doubleValue ??
    (value?.intValue === undefined ? undefined : Number(value.intValue))
  );
}
