import type { Setting } from './setting.ts';

/** What one request may hold, and how many may come. */
export const REQUEST_SETTINGS = {
  maxBodyBytes: {
    kind: 'integer',
    name: 'AEGIS_SIEM_MAX_BODY_BYTES',
    default: 16 * 1024 * 1024,
    min: 1024,
    max: 256 * 1024 * 1024,
    unit: 'bytes',
    description: 'Largest body of a request that records attestations or events.',
  },
  maxBatchItems: {
    kind: 'integer',
    name: 'AEGIS_SIEM_MAX_BATCH_ITEMS',
    default: 10_000,
    min: 1,
    max: 100_000,
    unit: 'items',
    description: 'Most records in one request.',
  },
  maxRequestsInFlight: {
    kind: 'integer',
    name: 'AEGIS_SIEM_MAX_REQUESTS_IN_FLIGHT',
    default: 1_024,
    min: 1,
    max: 65_536,
    unit: 'requests',
    description: 'Requests answered at once; more get 503 with Retry-After.',
  },
  maxBytesInFlight: {
    kind: 'integer',
    name: 'AEGIS_SIEM_MAX_BYTES_IN_FLIGHT',
    default: 256 * 1024 * 1024,
    min: 1024 * 1024,
    max: 16 * 1024 * 1024 * 1024,
    unit: 'bytes',
    description: 'Bodies held in memory at once; more get 503 with Retry-After.',
  },
  requestTimeoutSeconds: {
    kind: 'integer',
    name: 'AEGIS_SIEM_REQUEST_TIMEOUT_SECONDS',
    default: 60,
    min: 1,
    max: 3_600,
    unit: 'seconds',
    description: 'A request must have arrived in full after this time; a slow client is cut off.',
  },
  requestsPerSecond: {
    kind: 'integer',
    name: 'AEGIS_SIEM_REQUESTS_PER_SECOND',
    default: 5_000,
    min: 0,
    max: 1_000_000,
    unit: 'requests',
    description:
      'Requests a second that one API key may make for long; more get 429 with Retry-After. 0: no limit. A request may hold many records.',
  },
  requestsBurst: {
    kind: 'integer',
    name: 'AEGIS_SIEM_REQUESTS_BURST',
    default: 10_000,
    min: 1,
    max: 10_000_000,
    unit: 'requests',
    description: 'Requests that one API key may make at once after a pause.',
  },
} as const satisfies Record<string, Setting>;
