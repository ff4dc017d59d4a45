import type { AddressProbe } from '../../egress/probe-address.ts';
import { runbookOf } from '../../runbooks.ts';
import { CERTIFICATE_WARN_DAYS } from './certificate-check.ts';
import { type Finding, ok } from './finding.ts';

const DAY_MS = 86_400_000;

/** The guard has more words for a refusal than the table of words knows. */
const BLOCKED_PAGE = 'blocked-address';

const FIXES = {
  blocked:
    'If this address is meant, the operator allows it in AEGIS_SIEM_EGRESS_ALLOW; if not, correct the destination',
  dns: 'Check the host name in the destination and the resolver of this machine',
  connect: 'Check host and port in the destination, and the firewalls between; ask whoever runs the SIEM',
  tls: 'Ask whoever runs the SIEM for a certificate that holds, or set tls.ca_pem of the destination to its authority',
} as const;

/** What one connection to a destination's address comes to. */
export function addressFinding(name: string, url: URL, probe: AddressProbe, nowMs: number): Finding {
  const place = `${url.protocol}//${url.host}`;
  const base = { check: 'destination', subject: name };
  if (!probe.ok) {
    const { phase, code, message } = probe;
    const fix = phase === 'blocked' || phase === 'dns' || phase === 'tls' ? FIXES[phase] : FIXES.connect;
    const page = phase === 'blocked' ? BLOCKED_PAGE : runbookOf(code);
    return { ...base, status: 'fail', message: `${place}: ${message} (${code})`, fix, runbook: page };
  }
  if (probe.certificate === undefined) return ok('destination', `${place} is reached, without TLS`, name);
  const { validToMs, subject, protocol } = probe.certificate;
  const days = Math.floor((validToMs - nowMs) / DAY_MS);
  const told = `${place} is reached over ${protocol}; the certificate of ${subject} holds ${days} more days`;
  if (days >= CERTIFICATE_WARN_DAYS) return ok('destination', told, name);
  return {
    ...base,
    status: 'warn',
    message: told,
    fix: 'Have the certificate renewed before that: afterwards events wait until it is',
    runbook: 'certificate',
  };
}
