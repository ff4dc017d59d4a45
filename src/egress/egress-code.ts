import type { RefusalVerdict } from './refusal-verdict.ts';

/** What can become of an exchange that brings no reply, but for the verdicts of the address guard. A closed list. */
const WORDS = [
  'aborted',
  'certificate_client_refused',
  'certificate_expired',
  'certificate_name_mismatch',
  'certificate_not_yet_valid',
  'certificate_revoked',
  'certificate_self_signed',
  'certificate_settings_unusable',
  'certificate_untrusted',
  'certificate_weak',
  'connection_failed',
  'name_lookup_failed',
  'name_not_found',
  'no_exchange',
  'not_http',
  'protocol_switched',
  'refused',
  'reply_headers_too_long',
  'reset',
  'timeout',
  'tls_protocol',
  'tls_protocol_absent',
  'tls_protocol_refused',
  'unreachable',
] as const;

/** A stable word for why there is no reply. */
export type EgressCode = (typeof WORDS)[number] | `address_${RefusalVerdict}`;

const KNOWN: ReadonlySet<string> = new Set(WORDS);

/** Whether a code, or the reason of an outcome that was made of one, tells something of the network and nothing of a reply. */
export function isEgressCode(code: string): boolean {
  return KNOWN.has(code) || code.startsWith('address_');
}
