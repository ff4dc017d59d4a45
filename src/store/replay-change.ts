import type { ReplayStatus } from '../outbox/replay.ts';
import type { ReplayChange } from './replay-admin-store.ts';

const AFTER = { pause: 'paused', resume: 'running', cancel: 'cancelled' } as const satisfies Record<
  ReplayChange,
  ReplayStatus
>;

/** The status after a person's word; undefined when the replay has ended. */
export function changedStatus(status: ReplayStatus, change: ReplayChange): ReplayStatus | undefined {
  switch (status) {
    case 'running':
    case 'paused':
      return AFTER[change];
    case 'cancelled':
      // Asking twice is what a client does whose first answer was lost.
      return change === 'cancel' ? 'cancelled' : undefined;
    case 'finished':
    case 'failed':
      return undefined;
    default:
      return status satisfies never;
  }
}
