import { DEFAULT_DISK_RESERVE_BYTES } from '../store/sqlite/disk-reserve.ts';
import type { Setting } from './setting.ts';

/** How long what is finished is kept, and what stays free on the disk. */
export const KEEPING_SETTINGS = {
  receiptRetentionDays: {
    kind: 'integer',
    name: 'AEGIS_SIEM_RECEIPT_RETENTION_DAYS',
    default: 90,
    min: 0,
    max: 3_650,
    unit: 'days',
    description:
      'Receipts of deliveries are kept this long; 0 keeps them for ever. The latest of each epoch always stays, and so does what the reconciler has not looked at.',
  },
  attemptRetentionDays: {
    kind: 'integer',
    name: 'AEGIS_SIEM_ATTEMPT_RETENTION_DAYS',
    default: 30,
    min: 0,
    max: 3_650,
    unit: 'days',
    description:
      'Failed sends are kept this long, and never more than 200 for each destination; 0: by number only.',
  },
  skippedRetentionDays: {
    kind: 'integer',
    name: 'AEGIS_SIEM_SKIPPED_RETENTION_DAYS',
    default: 365,
    min: 0,
    max: 3_650,
    unit: 'days',
    description:
      'Skipped dead letters are kept this long after the skip; 0 keeps them for ever. Those that wait for a decision are never removed by age.',
  },
  diskReserveBytes: {
    kind: 'integer',
    name: 'AEGIS_SIEM_DISK_RESERVE_BYTES',
    default: DEFAULT_DISK_RESERVE_BYTES,
    min: 0,
    max: 1024 ** 4,
    unit: 'bytes',
    description:
      'Left free on the disk of the embedded store: below it recording answers 503 with Retry-After (reason disk_reserve) and delivery goes on. A warning is logged at twice as much; 0 is no reserve. PostgreSQL: watch its disk there.',
  },
} as const satisfies Record<string, Setting>;
