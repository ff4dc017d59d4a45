import { EXPIRY_WARNING_DAYS } from '../credential-expiry.ts';
import type { Destination } from '../outbox/destination.ts';
import type { DestinationProgress } from '../store/admin-store.ts';

export type ConditionKind =
  | 'held'
  | 'failing'
  | 'dead_letters'
  | 'backlog'
  | 'credentials_ending'
  | 'certificate_ending'
  | 'checkpoint_overdue';

/** Something about a destination that an operator should hear of for as long as it holds. */
export interface Condition {
  /** The same for as long as it is the same trouble. */
  readonly key: string;
  readonly kind: ConditionKind;
  readonly destination: string;
  /** One sentence: what, since when. No credential and nothing of a record is in it. */
  readonly message: string;
  /** Page of docs/operations. */
  readonly runbook: string;
  /** It must hold so long before anybody hears of it. */
  readonly afterMs: number;
}

/** What is known of a destination at one moment. */
export interface DestinationFacts {
  readonly destination: Destination;
  readonly progress: DestinationProgress;
  readonly lastCheckpointMs: number | undefined;
  /** Of the certificate that the destination shows; absent where it is not known. */
  readonly certificateEndsMs: number | undefined;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A failure that passes by itself is nobody's business. */
const FAILING_AFTER_MS = 5 * MINUTE_MS;
const OLD_MS = 30 * MINUTE_MS;

/** Every condition of a destination that holds now. Pure. */
export function conditionsOf(
  { destination, progress, lastCheckpointMs, certificateEndsMs }: DestinationFacts,
  checkpointEveryMs: number,
  nowMs: number,
): readonly Condition[] {
  const { destinationId: id, name, state, health } = destination;
  if (state === 'disabled' || state === 'deleted') return [];
  const found: Condition[] = [];
  const add = (kind: ConditionKind, detail: string, message: string, runbook: string, afterMs = 0): void => {
    found.push({ key: `${id} ${kind} ${detail}`.trim(), kind, destination: name, message, runbook, afterMs });
  };
  const since = new Date(health.sinceMs).toISOString();
  const reason = health.reason ?? 'no reason given';
  if (health.state === 'held') {
    add(
      'held',
      reason,
      `${name} refuses what is sent since ${since} (${reason}): events wait`,
      'token-expired',
      MINUTE_MS,
    );
  }
  if (health.state === 'failing') {
    add(
      'failing',
      '',
      `${name} fails since ${since} (${reason}): events wait`,
      'siem-down',
      FAILING_AFTER_MS,
    );
  }
  if (progress.deadLetters > 0) {
    // Each further one is a new trouble, up to a bound: nobody wants a message for each of thousands.
    const size = Math.floor(Math.log10(progress.deadLetters));
    add(
      'dead_letters',
      String(size),
      `${progress.deadLetters} dead letters of ${name} wait for a decision`,
      'poison-event',
    );
  }
  const level = Math.max(progress.limitLevels.age, progress.limitLevels.rows, progress.limitLevels.bytes);
  if (level > 0)
    add('backlog', String(level), `What waits for ${name} is at ${level} % of its limit`, 'backlog-full');
  const oldest = progress.oldestOpenRecordedAtMs;
  if (oldest !== undefined && nowMs - oldest > OLD_MS && state === 'active') {
    add(
      'backlog',
      'old',
      `${name} is ${Math.round((nowMs - oldest) / MINUTE_MS)} minutes behind`,
      'backlog-full',
    );
  }
  expiry('credentials_ending', destination.credentialNotes?.expiresAtMs, 'The credentials', 'token-expired');
  expiry('certificate_ending', certificateEndsMs, 'The certificate', 'certificate');
  const overdueMs = lastCheckpointMs === undefined ? 0 : nowMs - lastCheckpointMs - 2 * checkpointEveryMs;
  if (checkpointEveryMs > 0 && state === 'active' && overdueMs > 0) {
    add(
      'checkpoint_overdue',
      '',
      `${name} has had no checkpoint since ${new Date(lastCheckpointMs ?? 0).toISOString()}`,
      'gap-alarm',
      MINUTE_MS,
    );
  }
  return found;

  function expiry(kind: ConditionKind, endsMs: number | undefined, what: string, runbook: string): void {
    if (endsMs === undefined) return;
    const step = EXPIRY_WARNING_DAYS.find((days) => endsMs - nowMs <= days * DAY_MS);
    if (step === undefined) return;
    const at = new Date(endsMs).toISOString();
    const message = step === 0 ? `${what} of ${name} ended at ${at}` : `${what} of ${name} ends at ${at}`;
    // Of one that is over, only when it was seen to be is known: that is another time at each look.
    add(kind, step === 0 ? 'over' : `${step} ${endsMs}`, message, runbook);
  }
}
