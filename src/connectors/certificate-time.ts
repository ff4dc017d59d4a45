import { X509Certificate } from 'node:crypto';
import type { JsonObject, JsonValue } from '../json.ts';

/** A certificate in the public settings of a destination, and when it ends. */
export interface CertificateTime {
  /** As a JSON pointer into `config`, such as `/tls/ca_pem`. */
  readonly pointer: string;
  readonly subject: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const FIELDS = ['ca_pem', 'client_cert_pem'] as const;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Of each field with certificates the one that ends first. What cannot be read is left out: the settings say so elsewhere. */
export function certificateTimes(config: JsonObject): readonly CertificateTime[] {
  const { tls } = config;
  if (typeof tls !== 'object' || tls === null || Array.isArray(tls)) return [];
  return FIELDS.flatMap((field) => {
    const times = readAll(`/tls/${field}`, (tls as JsonObject)[field]);
    return times.toSorted((a, b) => a.notAfterMs - b.notAfterMs).slice(0, 1);
  });
}

function readAll(pointer: string, pem: JsonValue | undefined): readonly CertificateTime[] {
  if (typeof pem !== 'string') return [];
  return (pem.match(CERTIFICATE) ?? []).flatMap((text) => {
    try {
      const { subject, validFromDate, validToDate } = new X509Certificate(text);
      const notBeforeMs = validFromDate.getTime();
      return [{ pointer, subject, notBeforeMs, notAfterMs: validToDate.getTime() }];
    } catch {
      return [];
    }
  });
}

const DAY_MS = 86_400_000;
/** Days before its end at which a certificate is spoken of, the last first. */
export const EXPIRY_WARNING_DAYS = [1, 7, 14, 30] as const;

/** The smallest number of days of the warnings that the certificate is within; 0 when it has ended; undefined when none. */
export function expiryStage({ notAfterMs }: CertificateTime, nowMs: number): number | undefined {
  if (notAfterMs <= nowMs) return 0;
  return EXPIRY_WARNING_DAYS.find((days) => notAfterMs - nowMs <= days * DAY_MS);
}
