import type { Answer } from '../connectors/outcome.ts';
import { isEgressCode } from '../egress/egress-code.ts';
import type { Health } from '../outbox/destination.ts';
import { hasScope, type Principal } from './principal.ts';

/**
 * For whom a view is made. Codes of replies, numbers, times and our own words are for everybody who may look at all.
 */
export interface Reader {
  /**
   * Bodies of records, their OCSF form, and the words of a SIEM, which may quote them: with the scope `payloads:read`.
   */
  readonly payloads: boolean;
  /**
   * Why an address could not be reached (blocked, refused, timed out, name unknown, TLS): for those who run the service, with
   * the scope `admin` and bound to no workspace. To others it would be a way to feel through the networks of this host.
   */
  readonly network: boolean;
}

export function readerOf(principal: Principal): Reader {
  return {
    payloads: hasScope(principal, 'payloads:read'),
    network: hasScope(principal, 'admin') && principal.workspaceId === undefined,
  };
}

/** The one word, and the one sentence, for everything that brings no reply. */
export const UNREACHABLE = {
  word: 'unreachable',
  message: 'The SIEM cannot be reached; nothing is lost.',
  advice:
    'Check the address and certificates of the destination. Why it cannot be reached is shown to the operator of this service, with the scope admin.',
} as const;

/** The words of a SIEM, or nothing. */
export function siemWords(reader: Reader, words: string): string | null {
  return reader.payloads ? words : null;
}

/** Whether this reader must not learn what this answer says: there was no reply, and the network is not for them. */
export function isNetworkSecret(
  reader: Pick<Reader, 'network'>,
  { status, code }: Pick<Answer, 'status' | 'code'>,
): boolean {
  return !reader.network && status === undefined && code !== undefined && isEgressCode(code);
}

/** What a destination that repeats the SIEM's words says of itself to others. The reason beside it has the code. */
const OWN_WORDS = {
  healthy: 'Events are taken.',
  throttled: 'The destination asks for time; it gets the rest after the wait.',
  failing: 'Sends fail and are tried again; nothing is lost.',
  held: 'The destination refuses what is sent; nothing is lost. The answers in words need the scope payloads:read.',
} as const satisfies Record<Health['state'], string>;

/** A destination's health for a reader. Only the message of a wrong set-up is wholly ours; others repeat an answer. */
export function healthFor(reader: Reader, health: Health): Health {
  const { state, message, reason, sinceMs } = health;
  if (isUnreachable(reader, health)) {
    const { word, message: sentence, advice } = UNREACHABLE;
    return { state: 'failing', reason: word, message: `${sentence} ${advice}`, sinceMs };
  }
  const isOurs = state === 'healthy' || (state === 'held' && reason !== 'refuses_events');
  return reader.payloads || message === undefined || isOurs
    ? health
    : { ...health, message: OWN_WORDS[state] };
}

/** Whether this health comes from the network, whose ways are not for this reader. */
export function isUnreachable(reader: Reader, { state, reason }: Health): boolean {
  return !reader.network && state !== 'healthy' && reason !== undefined && isEgressCode(reason);
}
