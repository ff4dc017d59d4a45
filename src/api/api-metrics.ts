import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type IngestStatus = 'recorded' | 'duplicate' | 'rejected' | 'failed';

/** Bounded: a refusal code comes from our parser, never from the caller. */
const REQUEST_SECONDS_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the API counts. Labels are bounded: route patterns, statuses, our own codes. */
export class ApiMetrics {
  readonly #records: Counter<'kind' | 'status'>;
  readonly #refusals: Counter<'code'>;
  readonly #requests: Histogram<'route' | 'method' | 'status'>;
  readonly #refusedRequests: Counter<'code'>;
  readonly #inFlight: Gauge;
  readonly registry: Registry;

  constructor(registry: Registry) {
    this.registry = registry;
    const registers = [registry];
    this.#records = new Counter({
      name: 'aegis_siem_records_total',
      help: 'Records received over the API, by what became of them',
      labelNames: ['kind', 'status'],
      registers,
    });
    this.#refusals = new Counter({
      name: 'aegis_siem_records_rejected_total',
      help: 'Records refused, by reason',
      labelNames: ['code'],
      registers,
    });
    this.#requests = new Histogram({
      name: 'aegis_siem_http_request_duration_seconds',
      help: 'Requests to the API, by route and status',
      labelNames: ['route', 'method', 'status'],
      buckets: REQUEST_SECONDS_BUCKETS,
      registers,
    });
    this.#refusedRequests = new Counter({
      name: 'aegis_siem_http_problems_total',
      help: 'Requests answered with a problem document, by code',
      labelNames: ['code'],
      registers,
    });
    this.#inFlight = new Gauge({
      name: 'aegis_siem_http_requests_in_flight',
      help: 'Requests being answered',
      registers,
    });
  }

  records(kind: 'attestation' | 'event', status: IngestStatus, count = 1): void {
    this.#records.inc({ kind, status }, count);
  }

  refused(code: string): void {
    this.#refusals.inc({ code });
  }

  request(route: string, method: string, status: number, seconds: number): void {
    this.#requests.observe({ route, method, status: String(status) }, seconds);
  }

  problem(code: string): void {
    this.#refusedRequests.inc({ code });
  }

  inFlight(requests: number): void {
    this.#inFlight.set(requests);
  }
}
