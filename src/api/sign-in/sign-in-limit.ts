import { mappedIpv4, parseIp } from '../../egress/ip-address.ts';
import { Problem } from '../problem.ts';

/** Failed sign-ins of one address in one window; more wait for its end. */
export const MAX_FAILED_SIGN_INS = 10;
export const SIGN_IN_WINDOW_MS = 10 * 60_000;
/** Addresses remembered. Beyond it the oldest is forgotten: memory stays bounded, whoever knocks. */
export const MAX_REMEMBERED_ADDRESSES = 10_000;
/** A household has a /64 of IPv6: counting single addresses would count nothing. */
const IPV6_NETWORK_BYTES = 8;

/**
 * Slows down guessing at sign-in. A key has 256 random bits and cannot be guessed; the limit is against noise, and against
 * codes and tokens tried in turn.
 */
export class SignInLimit {
  readonly #failures = new Map<string, { count: number; readonly sinceMs: number }>();

  /** Throws `too_many_sign_ins`. Asked before the identity provider is; of keys, only when one was wrong. */
  check(address: string, nowMs: number): void {
    const entry = this.#failures.get(networkOf(address));
    if (entry === undefined || entry.count < MAX_FAILED_SIGN_INS) return;
    const leftMs = entry.sinceMs + SIGN_IN_WINDOW_MS - nowMs;
    if (leftMs <= 0 || leftMs > SIGN_IN_WINDOW_MS) return;
    throw new Problem('too_many_sign_ins', 'Too many sign-ins from this address failed.', {
      retryAfterSeconds: Math.ceil(leftMs / 1_000),
    });
  }

  failed(address: string, nowMs: number): void {
    const network = networkOf(address);
    const entry = this.#failures.get(network);
    if (entry !== undefined && nowMs - entry.sinceMs < SIGN_IN_WINDOW_MS && nowMs >= entry.sinceMs) {
      entry.count += 1;
      return;
    }
    // Taken out first, so that the newest stands last: the map keeps the order of insertion.
    this.#failures.delete(network);
    if (this.#failures.size >= MAX_REMEMBERED_ADDRESSES) {
      const [oldest] = this.#failures.keys();
      if (oldest !== undefined) this.#failures.delete(oldest);
    }
    this.#failures.set(network, { count: 1, sinceMs: nowMs });
  }

  get remembered(): number {
    return this.#failures.size;
  }
}

function networkOf(address: string): string {
  const bytes = parseIp(address);
  if (bytes === undefined) return address;
  const v4 = mappedIpv4(bytes) ?? (bytes.length === 4 ? bytes : undefined);
  return Buffer.from(v4 ?? bytes.subarray(0, IPV6_NETWORK_BYTES)).toString('hex');
}
