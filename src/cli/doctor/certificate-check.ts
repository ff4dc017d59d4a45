import { type CertificateTime, certificateTimes } from '../../connectors/certificate-time.ts';
import type { JsonObject } from '../../json.ts';
import { type Finding, ok } from './finding.ts';

const DAY_MS = 86_400_000;
export const CERTIFICATE_WARN_DAYS = 14;
const CLIENT = '/tls/client_cert_pem';

/** How long the certificates in the settings of a destination hold: our own for mutual TLS, and the authorities that it trusts. */
export function certificateFindings(name: string, config: JsonObject, nowMs: number): readonly Finding[] {
  return certificateTimes(config).map((certificate) => certificateFinding(name, certificate, nowMs));
}

function certificateFinding(name: string, certificate: CertificateTime, nowMs: number): Finding {
  const { pointer, subject, notBeforeMs, notAfterMs } = certificate;
  const isOurs = pointer === CLIENT;
  const field = pointer.slice(1).replace('/', '.');
  const told = `${isOurs ? 'Our certificate' : 'The authority'} in ${field} (${subject.replaceAll('\n', ', ')})`;
  const bad = {
    check: 'destination',
    subject: name,
    // Of several authorities one may have ended that nobody needs: what is shown at the address decides.
    status: isOurs ? 'fail' : 'warn',
    fix: `Give it a new one: aegis-siem destinations update ${name} --config FILE${isOurs ? ' --credentials FILE' : ''}`,
    runbook: 'certificate',
  } as const;
  if (notBeforeMs > nowMs)
    return { ...bad, message: `${told} holds only from ${new Date(notBeforeMs).toISOString()}` };
  if (notAfterMs <= nowMs)
    return { ...bad, message: `${told} has ended on ${new Date(notAfterMs).toISOString()}` };
  const days = Math.floor((notAfterMs - nowMs) / DAY_MS);
  const message = `${told} holds ${days} more days`;
  return days < CERTIFICATE_WARN_DAYS
    ? { ...bad, status: 'warn', message }
    : ok('destination', message, name);
}
