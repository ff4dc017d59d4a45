import { checkEgressAllow } from './setting-checks.ts';
import type { Setting } from './setting.ts';

/** Who delivers, where to, and how a stream is proved. */
export const DELIVERY_SETTINGS = {
  worker: {
    kind: 'switch',
    name: 'AEGIS_SIEM_WORKER',
    default: true,
    description: 'Deliver from this process too. Off: only the API; run "aegis-siem worker" beside it.',
  },
  workerPort: {
    kind: 'integer',
    name: 'AEGIS_SIEM_WORKER_PORT',
    default: 0,
    min: 0,
    max: 65_535,
    description:
      'Port on which "aegis-siem worker" answers /healthz, /readyz and /metrics, at the address of AEGIS_SIEM_HOST and without a key; 0: none.',
  },
  egressAllow: {
    kind: 'text',
    name: 'AEGIS_SIEM_EGRESS_ALLOW',
    default: '',
    description:
      'Private networks and plain-http exceptions that destinations may use, as a comma list of [http+]CIDR[:PORTS], such as 10.20.0.0/16:8088. Nothing over the API can widen it.',
    check: checkEgressAllow,
  },
  ambientIdentity: {
    kind: 'switch',
    name: 'AEGIS_SIEM_AMBIENT_IDENTITY',
    default: false,
    description: 'Let destinations sign in as this machine (Azure workload identity and managed identity).',
  },
  checkpointSeconds: {
    kind: 'integer',
    name: 'AEGIS_SIEM_CHECKPOINT_SECONDS',
    default: 300,
    min: 0,
    max: 86_400,
    unit: 'seconds',
    description:
      'Each destination gets a signed checkpoint event so often, also when nothing else comes: what proves, with "aegis-siem verify", that it has everything. 0: none, and nothing can be proved.',
  },
  stopGraceSeconds: {
    kind: 'integer',
    name: 'AEGIS_SIEM_STOP_GRACE_SECONDS',
    default: 10,
    min: 0,
    max: 600,
    unit: 'seconds',
    description:
      'At a stop, what is in flight, and the last checkpoint of each stream, may take this long together.',
  },
  leaseSeconds: {
    kind: 'integer',
    name: 'AEGIS_SIEM_LEASE_SECONDS',
    default: 30,
    min: 2,
    max: 600,
    unit: 'seconds',
    description:
      'A destination belongs to the process that delivers to it for this long after each renewal (a third of it apart). After a crash another machine waits so long; the same machine need not. Give all processes of one store the same value.',
  },
} as const satisfies Record<string, Setting>;
