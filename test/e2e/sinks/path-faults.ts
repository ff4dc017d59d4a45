import type { PathFault } from '../../fault-proxy/path-fault.ts';

/** A fault of the path, and what the engine must make of it. */
export interface PathCase {
  readonly name: string;
  readonly fault: PathFault;
  /**
   * What happens while it lasts. `passes`: everything is delivered all the same. `holds`: nothing moves until it ends.
   * `fails`: sends fail, again and again.
   */
  readonly meanwhile: 'passes' | 'holds' | 'fails';
  /** Health that must be said; none for a path that is only slow. */
  readonly health?: RegExp;
  /** Whether what was sent may be in without our knowing. Where not, nothing may be doubled or counted as doubled. */
  readonly ambiguous: boolean;
}

/** Within the head of every reply that the fakes give. */
const IN_THE_HEAD = 12;

export const PATH_CASES: readonly PathCase[] = [
  {
    name: 'latency',
    fault: { kind: 'latency', delayMs: 25 },
    meanwhile: 'passes',
    ambiguous: false,
  },
  {
    name: 'little bandwidth',
    fault: { kind: 'bandwidth', bytesPerSecond: 400_000 },
    meanwhile: 'passes',
    ambiguous: false,
  },
  {
    name: 'a slow drip of the reply',
    fault: { kind: 'drip_reply', bytes: 16, everyMs: 3 },
    meanwhile: 'passes',
    ambiguous: false,
  },
  { name: 'a stall', fault: { kind: 'stall' }, meanwhile: 'holds', ambiguous: false },
  {
    name: 'a connection whose sink is gone',
    fault: { kind: 'half_open', closed: 'sink' },
    meanwhile: 'holds',
    health: /^failing reset$/,
    ambiguous: true,
  },
  {
    name: 'a connection whose sender is cut off from the replies',
    fault: { kind: 'half_open', closed: 'sender' },
    meanwhile: 'fails',
    health: /^failing reset$/,
    ambiguous: true,
  },
  {
    name: 'reset at a byte of the request',
    fault: { kind: 'reset', on: 'request', afterBytes: 300 },
    meanwhile: 'fails',
    health: /^failing reset$/,
    ambiguous: true,
  },
  {
    name: 'reset before the reply',
    fault: { kind: 'reset', on: 'reply', afterBytes: 0 },
    meanwhile: 'fails',
    health: /^failing reset$/,
    ambiguous: true,
  },
  {
    name: 'reset in the reply',
    fault: { kind: 'reset', on: 'reply', afterBytes: IN_THE_HEAD },
    meanwhile: 'fails',
    health: /^failing reset$/,
    ambiguous: true,
  },
  {
    name: 'a reply that is cut off',
    fault: { kind: 'cut_reply', afterBytes: IN_THE_HEAD },
    meanwhile: 'fails',
    health: /^failing (?:reset|not_http)$/,
    ambiguous: true,
  },
  {
    name: 'a closed port',
    fault: { kind: 'refused' },
    meanwhile: 'fails',
    health: /^failing refused$/,
    ambiguous: false,
  },
  {
    name: 'a reply that never ends',
    fault: { kind: 'endless_reply' },
    meanwhile: 'fails',
    health: /^failing http_200$/,
    ambiguous: true,
  },
];

const INTERNAL_ERROR = 80;
const HANDSHAKE_FAILURE = 40;

/** Faults of the TLS handshake: nothing of a request is sent before it is done, so nothing can be doubled. */
export const TLS_CASES: readonly PathCase[] = [
  {
    name: 'a TLS alert: internal error',
    fault: { kind: 'tls_alert', alert: INTERNAL_ERROR },
    meanwhile: 'fails',
    health: /^held tls_protocol$/,
    ambiguous: false,
  },
  {
    name: 'a TLS alert: handshake failure',
    fault: { kind: 'tls_alert', alert: HANDSHAKE_FAILURE },
    meanwhile: 'fails',
    health: /^held tls_protocol_refused$/,
    ambiguous: false,
  },
  {
    name: 'a TLS handshake that is cut off',
    fault: { kind: 'cut_reply', afterBytes: 50 },
    meanwhile: 'fails',
    health: /^failing reset$/,
    ambiguous: false,
  },
  {
    name: 'a TLS handshake that is reset',
    fault: { kind: 'reset', on: 'request', afterBytes: 0 },
    meanwhile: 'fails',
    health: /^failing reset$/,
    ambiguous: false,
  },
  { name: 'a TLS handshake that stalls', fault: { kind: 'stall' }, meanwhile: 'holds', ambiguous: false },
];
