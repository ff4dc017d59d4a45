/** What is wrong with the path between a sender and its SIEM. Bytes are those of one connection since the fault began. */
export type PathFault =
  /** Everything comes later, in both directions. */
  | { readonly kind: 'latency'; readonly delayMs: number }
  /** Requests pass at this rate. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** Connections are accepted, and nothing passes. What was held passes when the fault ends. */
  | { readonly kind: 'stall' }
  /**
   * One side of each connection is closed and the other is not told. `sink`: requests go nowhere, as behind a firewall that
   * forgot the connection. `sender`: requests arrive, and their answers do not.
   */
  | { readonly kind: 'half_open'; readonly closed: 'sink' | 'sender' }
  /** Reset (RST) once so many bytes of requests or replies have passed. */
  | { readonly kind: 'reset'; readonly on: Way; readonly afterBytes: number }
  /** Closed in order (FIN) once so many bytes of replies have passed. */
  | { readonly kind: 'cut_reply'; readonly afterBytes: number }
  /** The port is closed. */
  | { readonly kind: 'refused' }
  /** Replies come a few bytes at a time. */
  | { readonly kind: 'drip_reply'; readonly bytes: number; readonly everyMs: number }
  /** The sink takes the request, and the sender gets a reply with status 200 that never ends. */
  | { readonly kind: 'endless_reply' }
  /** A TLS greeting is answered with a fatal alert of this number (RFC 8446, section 6). */
  | { readonly kind: 'tls_alert'; readonly alert: number };

/** From the sender to the sink, or back. */
export type Way = 'request' | 'reply';

/** What becomes of the bytes that wait in one direction. */
export type Move =
  /** So many of them pass, after a time. */
  | { readonly do: 'pass'; readonly bytes: number; readonly afterMs: number }
  /** They wait until the fault changes. */
  | { readonly do: 'hold' }
  /** They are gone. */
  | { readonly do: 'swallow' }
  | { readonly do: 'reset' }
  | { readonly do: 'close' }
  | { readonly do: 'flood' }
  | { readonly do: 'alert'; readonly alert: number };

export interface Waiting {
  readonly way: Way;
  /** Bytes that wait. */
  readonly bytes: number;
  /** Bytes that passed this way on this connection since the fault began. */
  readonly passed: number;
  /** How long the oldest of them waits. */
  readonly ageMs: number;
}

/** A slice of a slow request each so often: small enough to be smooth, large enough to cost little. */
const SLICE_MS = 20;

/** The whole behaviour of the proxy, without a socket. */
export function moveOf(fault: PathFault | undefined, waiting: Waiting): Move {
  const { way, bytes, passed, ageMs } = waiting;
  const all: Move = { do: 'pass', bytes, afterMs: 0 };
  if (fault === undefined) return all;
  switch (fault.kind) {
    case 'latency':
      return { ...all, afterMs: Math.max(0, fault.delayMs - ageMs) };
    case 'bandwidth': {
      if (way === 'reply') return all;
      const slice = Math.max(1, Math.floor((fault.bytesPerSecond * SLICE_MS) / 1_000));
      return { do: 'pass', bytes: Math.min(bytes, slice), afterMs: SLICE_MS };
    }
    case 'stall':
    case 'refused':
      return { do: 'hold' };
    case 'half_open':
      if (fault.closed === 'sink') return { do: 'swallow' };
      return way === 'request' ? all : { do: 'swallow' };
    case 'reset':
      return fault.on === way ? upTo(fault.afterBytes, waiting, { do: 'reset' }) : all;
    case 'cut_reply':
      return way === 'reply' ? upTo(fault.afterBytes, waiting, { do: 'close' }) : all;
    case 'drip_reply':
      return way === 'reply'
        ? { do: 'pass', bytes: Math.min(bytes, fault.bytes), afterMs: passed === 0 ? 0 : fault.everyMs }
        : all;
    case 'endless_reply':
      return way === 'reply' ? { do: 'flood' } : all;
    case 'tls_alert':
      return way === 'request' ? { do: 'alert', alert: fault.alert } : { do: 'swallow' };
    default:
      return fault satisfies never;
  }
}

function upTo(limit: number, { bytes, passed }: Waiting, end: Move): Move {
  return passed >= limit ? end : { do: 'pass', bytes: Math.min(bytes, limit - passed), afterMs: 0 };
}
