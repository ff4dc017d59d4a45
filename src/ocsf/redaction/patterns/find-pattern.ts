import { findCreditCards } from './credit-card.ts';
import { findEmails } from './email.ts';
import { findIbans } from './iban.ts';
import { findIpv4, findIpv6 } from './ip-address.ts';
import { findJwts } from './jwt.ts';
import type { FindPattern, PatternName } from './pattern.ts';
import { findPhones } from './phone.ts';

/** The scanner of each pattern. */
export const FIND_PATTERN: Readonly<Record<PatternName, FindPattern>> = {
  email: findEmails,
  ipv4: findIpv4,
  ipv6: findIpv6,
  iban: findIbans,
  credit_card: findCreditCards,
  jwt: findJwts,
  phone: findPhones,
};

/** What every match of every pattern has something of: most texts need no other look. */
const HAS_A_SIGN = /[@:\d]|eyJ/;

export function mayHoldPattern(text: string): boolean {
  return HAS_A_SIGN.test(text);
}
