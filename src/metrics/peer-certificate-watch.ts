import { Gauge, type Registry } from 'prom-client';
import type { AddressProbe } from '../egress/probe-address.ts';
import type { Destination } from '../outbox/destination.ts';
import type { AdminStore } from '../store/admin-store.ts';

const MAX_DESTINATIONS = 200;
const HOUR_MS = 3_600_000;

/** The certificate that stands nearest to its end among those of a destination's addresses. */
export interface CertificateLook {
  readonly destination: Destination;
  /** At or before now: it is over. */
  readonly validToMs: number;
}

export interface CertificateWatchParts {
  readonly admin: Pick<AdminStore, 'listDestinations'>;
  /** Every address that a send to this destination dials. */
  readonly urlsOf: (destination: Destination) => readonly URL[];
  readonly probe: (url: URL, destination: Destination) => Promise<AddressProbe>;
  readonly nowMs: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onLook?: (looks: readonly CertificateLook[]) => void;
  readonly onError?: (error: unknown) => void;
  readonly everyMs?: number;
}

/**
 * Looks once an hour until when the certificates of the destinations hold, by a handshake and nothing more. Runs until `signal`
 * aborts; never rejects. A destination that cannot be reached has no series: its health says that already.
 */
export async function runPeerCertificateWatch(
  registry: Registry,
  parts: CertificateWatchParts,
  signal: AbortSignal,
): Promise<void> {
  const gauge = peerCertificateGauge(registry);
  while (!signal.aborted) {
    try {
      const looks = await lookAtCertificates(parts, signal);
      gauge.reset();
      for (const { destination, validToMs } of looks) {
        gauge.set({ destination: destination.destinationId }, (validToMs - parts.nowMs()) / 1_000);
      }
      parts.onLook?.(looks);
    } catch (error) {
      parts.onError?.(error);
    }
    await parts.sleep(parts.everyMs ?? HOUR_MS, signal);
  }
}

export function peerCertificateGauge(registry: Registry): Gauge<'destination'> {
  return new Gauge({
    name: 'aegis_siem_certificate_expiry_seconds',
    help: 'Until the certificate that a destination shows ends; 0 when it is over. Looked at once an hour, by a handshake',
    labelNames: ['destination'],
    registers: [registry],
  });
}

async function lookAtCertificates(
  parts: CertificateWatchParts,
  signal: AbortSignal,
): Promise<readonly CertificateLook[]> {
  const { items } = await parts.admin.listDestinations({}, { limit: MAX_DESTINATIONS });
  const looks: CertificateLook[] = [];
  for (const destination of items) {
    if (destination.state === 'disabled' || signal.aborted) continue;
    const ends: number[] = [];
    for (const url of parts.urlsOf(destination)) {
      if (url.protocol !== 'https:') continue;
      const end = endOf(await parts.probe(url, destination), parts.nowMs());
      if (end !== undefined) ends.push(end);
    }
    if (ends.length > 0) looks.push({ destination, validToMs: Math.min(...ends) });
  }
  return looks;
}

function endOf(probe: AddressProbe, nowMs: number): number | undefined {
  if (probe.ok) return probe.certificate?.validToMs;
  return probe.code === 'certificate_expired' ? nowMs : undefined;
}
