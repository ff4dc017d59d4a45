import type { Destination } from '../outbox/destination.ts';
import { runbookOf } from '../runbooks.ts';
import type { DestinationProgress } from '../store/admin-store.ts';

/** Whether a SIEM has everything, in one stable word. */
export const VERDICT_WORDS = [
  'complete',
  'catching_up',
  'late',
  'dead_letters',
  'throttled',
  'failing',
  'held',
  'unproven',
  'paused',
  'disabled',
  'unused',
] as const;
export type VerdictWord = (typeof VERDICT_WORDS)[number];

export interface DestinationVerdict {
  readonly word: VerdictWord;
  /** For a colour: good, something to wait for, something to act on, nothing to say. */
  readonly tone: 'good' | 'wait' | 'bad' | 'idle';
  /** One sentence. */
  readonly text: string;
  /** What a person should do; absent when there is nothing to do. */
  readonly nextStep?: string;
  /** Page of docs/operations that leads through it. */
  readonly runbook?: string;
}

/** As the API shows it. */
export function verdictView({ word, tone, text, nextStep, runbook }: DestinationVerdict): object {
  return { word, tone, text, next_step: nextStep ?? null, runbook: runbook ?? null };
}

/** Events older than this are late: a lane that runs has them out in seconds. */
export const LATE_AFTER_MS = 60_000;

/** The state of a destination in words, the worst first. Pure: `nowMs` is the time of the question. */
export function verdictOf(
  destination: Pick<Destination, 'state' | 'health'>,
  progress: Pick<
    DestinationProgress,
    'openRows' | 'countedUpTo' | 'oldestOpenRecordedAtMs' | 'deadLetters' | 'lastDeliveredAtMs'
  >,
  checkpointOverdue: boolean,
  nowMs: number,
): DestinationVerdict {
  const { state, health } = destination;
  const waiting = waitingText(progress);
  if (state === 'disabled' || state === 'deleted') {
    return {
      word: 'disabled',
      tone: 'idle',
      text: 'Disabled: it gets no events.',
      nextStep: 'Enable it to send again. What is recorded meanwhile stays out; a replay can send it later.',
    };
  }
  if (state === 'paused') {
    return {
      word: 'paused',
      tone: 'wait',
      text: `Paused by a person; ${waiting}.`,
      nextStep: 'Resume it when the SIEM is ready. Events are kept until then.',
    };
  }
  switch (health.state) {
    case 'held':
      return {
        word: 'held',
        tone: 'bad',
        text: `Held (${health.reason ?? 'configuration'}): ${waiting}, none is lost.`,
        nextStep: health.message ?? 'Check the settings and credentials, then run a test.',
        runbook: runbookOf(health.reason ?? ''),
      };
    case 'failing':
      return {
        word: 'failing',
        tone: 'bad',
        text: `The SIEM fails or does not answer (${health.reason ?? 'no answer'}): ${waiting}, none is lost.`,
        nextStep:
          'Delivery tries again by itself. Check that the SIEM is up and can be reached from this host.',
        runbook: runbookOf(health.reason ?? ''),
      };
    case 'throttled':
      return {
        word: 'throttled',
        tone: 'wait',
        text: `The SIEM asks to slow down; ${waiting}.`,
        nextStep: 'Nothing, if it passes. If it stays, the SIEM needs more capacity or quota.',
        runbook: 'siem-down',
      };
    case 'healthy':
      return healthyVerdict(progress, waiting, checkpointOverdue, nowMs);
    default:
      return health.state satisfies never;
  }
}

function healthyVerdict(
  progress: Parameters<typeof verdictOf>[1],
  waiting: string,
  checkpointOverdue: boolean,
  nowMs: number,
): DestinationVerdict {
  const { openRows, deadLetters, oldestOpenRecordedAtMs: oldest, lastDeliveredAtMs } = progress;
  if (deadLetters > 0) {
    const one = deadLetters === 1;
    return {
      word: 'dead_letters',
      tone: 'bad',
      text: `Complete but for ${countText(deadLetters, progress.countedUpTo)} dead ${one ? 'letter' : 'letters'}${openRows > 0 ? `; ${waiting}` : ''}.`,
      nextStep: `Look at the dead ${one ? 'letter' : 'letters'}: mend what the SIEM refused and retry, or skip with a reason.`,
      runbook: 'poison-event',
    };
  }
  if (oldest !== undefined && nowMs - oldest > LATE_AFTER_MS) {
    return {
      word: 'late',
      tone: 'wait',
      text: `Behind: ${waiting}.`,
      nextStep: 'It catches up by itself. If the age grows, the SIEM takes events slower than they come.',
      runbook: 'backlog-full',
    };
  }
  if (checkpointOverdue) {
    return {
      word: 'unproven',
      tone: 'wait',
      text: 'Everything was sent, but the next signed checkpoint is overdue.',
      nextStep: 'Check that a worker runs and that its clock is right; the proof goes on with the next one.',
      runbook: 'service-down',
    };
  }
  if (openRows > 0) return { word: 'catching_up', tone: 'good', text: `Up to date; ${waiting}.` };
  if (lastDeliveredAtMs === undefined) {
    return {
      word: 'unused',
      tone: 'idle',
      text: 'Nothing was sent yet.',
      nextStep: 'Record an attestation, or send a test event to see it in the SIEM.',
    };
  }
  return { word: 'complete', tone: 'good', text: 'The SIEM has everything.' };
}

function waitingText({
  openRows,
  countedUpTo,
}: Pick<DestinationProgress, 'openRows' | 'countedUpTo'>): string {
  if (openRows === 0) return 'nothing waits';
  if (openRows === 1) return '1 event waits';
  return `${countText(openRows, countedUpTo)} events wait`;
}

/** A count that stopped at its bound says so. */
function countText(count: number, countedUpTo: number): string {
  return count >= countedUpTo ? `${countedUpTo.toLocaleString('en')} or more` : count.toLocaleString('en');
}
