import type { Health } from '../outbox/destination.ts';
import { hasScope, type Principal } from './principal.ts';

/**
 * For whom a view is made. Payloads are the bodies of records, their OCSF form, and the words of a SIEM, which may quote
 * them: all three are for readers with the scope `payloads:read`. Codes, numbers, times and our own words are for everybody.
 */
export interface Reader {
  readonly payloads: boolean;
}

export function readerOf(principal: Principal): Reader {
  return { payloads: hasScope(principal, 'payloads:read') };
}

/** The words of a SIEM, or nothing. */
export function siemWords(reader: Reader, words: string): string | null {
  return reader.payloads ? words : null;
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
  const { state, message, reason } = health;
  const isOurs = state === 'healthy' || (state === 'held' && reason !== 'refuses_events');
  return reader.payloads || message === undefined || isOurs
    ? health
    : { ...health, message: OWN_WORDS[state] };
}
