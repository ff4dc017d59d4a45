import type { JsonObject } from '../../src/json.ts';

/** An answer, and how many events were taken with it. */
export interface HecAnswer {
  readonly status: number;
  readonly code?: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly taken?: number;
}

/** Texts of the codes, as Splunk documents them. */
export const HEC_TEXTS: Readonly<Record<number, readonly [status: number, text: string]>> = {
  0: [200, 'Success'],
  1: [403, 'Token disabled'],
  2: [401, 'Token is required'],
  3: [401, 'Invalid authorization'],
  4: [403, 'Invalid token'],
  5: [400, 'No data'],
  6: [400, 'Invalid data format'],
  7: [400, 'Incorrect index'],
  8: [500, 'Internal server error'],
  9: [503, 'Server is busy'],
  10: [400, 'Data channel is missing'],
  11: [400, 'Invalid data channel'],
  12: [400, 'Event field is required'],
  13: [400, 'Event field cannot be blank'],
  14: [400, 'ACK is disabled'],
  15: [400, 'Error in handling indexed fields'],
  16: [400, 'Query string authorization is not enabled'],
  17: [200, 'HEC is healthy'],
  18: [503, 'HEC is unhealthy, queues are full'],
  19: [503, 'HEC is unhealthy, ack service unavailable'],
  20: [503, 'HEC is unhealthy, queues are full, ack service unavailable'],
  21: [400, 'Invalid token'],
  22: [400, 'Token disabled'],
  23: [503, 'Server is shutting down'],
  24: [200, 'HEC queue is approaching its capacity limit'],
  25: [200, 'HEC ACK channel is approaching its capacity limit'],
  26: [429, 'HEC queue is at capacity'],
  27: [429, 'HEC ACK channel is at capacity'],
};

export function hecReply(code: number, extra: JsonObject = {}, taken = 0): HecAnswer {
  const [status, text] = HEC_TEXTS[code] ?? [500, 'Unknown'];
  return { status, code, body: JSON.stringify({ text, code, ...extra }), taken };
}

/** Some errors of splunkd are pages, not JSON. */
export function htmlPage(status: 413 | 415): HecAnswer {
  const title = status === 413 ? '413 Request Entity Too Large' : '415 Unsupported Media Type';
  return {
    status,
    body: `<!doctype html><html><head><title>${title}</title></head><body>${title}</body></html>`,
    headers: { 'content-type': 'text/html; charset=UTF-8' },
  };
}

export function notFound(status: 404 | 405): HecAnswer {
  const text = status === 404 ? 'The requested URL was not found on this server.' : 'Method not allowed';
  return { status, code: status, body: JSON.stringify({ text, code: status }) };
}
