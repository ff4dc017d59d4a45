import type { Answer, Delivery } from '../api/api-types.ts';
import type { SentPlace } from '../api/delivery-types.ts';
import type { Tone } from '../elements/state-badge.tsx';
import { numberText } from '../elements/number-text.ts';

export interface TimelineStep {
  readonly text: string;
  readonly tone: Tone;
  readonly at?: string;
  readonly answer?: Answer;
}

/** The story of one delivery in the order in which it happened. */
export function timelineOf(
  delivery: Delivery,
  place: SentPlace | undefined,
  recordedAt: string,
): readonly TimelineStep[] {
  return [
    { text: 'Recorded', tone: 'good', at: recordedAt },
    ...failedSteps(place?.failed_sends ?? []),
    ...lastSteps(delivery, place),
  ];
}

/** Failed sends shown; of more, the first and the last ones. */
const MAX_FAILED_STEPS = 4;

function failedSteps(failed: SentPlace['failed_sends']): readonly TimelineStep[] {
  const steps = failed.map(({ outcome, at, answer }): TimelineStep => ({
    text: `Send failed: ${outcome.replaceAll('_', ' ')}`,
    tone: 'bad',
    at,
    answer,
  }));
  if (steps.length <= MAX_FAILED_STEPS) return steps;
  const between = steps.length - MAX_FAILED_STEPS + 1;
  return [
    ...steps.slice(0, 1),
    { text: `${numberText(between)} more sends failed`, tone: 'bad' },
    ...steps.slice(1 - MAX_FAILED_STEPS + 1),
  ];
}

function lastSteps(delivery: Delivery, place: SentPlace | undefined): readonly TimelineStep[] {
  const finished = typeof delivery.finished_at === 'string' ? { at: delivery.finished_at } : {};
  switch (delivery.status) {
    case 'pending':
      return [{ text: 'Waits for its turn', tone: 'wait' }];
    case 'in_flight':
      return [
        {
          text:
            place?.state === 'awaiting_ack'
              ? 'Sent; the SIEM has not confirmed yet that it is indexed'
              : `In a batch of ${numberText(place?.batch.places ?? 1)} that is being sent`,
          tone: 'wait',
        },
      ];
    case 'delivered': {
      const sends = place?.batch.sends ?? delivery.attempts;
      return [
        {
          text: sends > 1 ? `Delivered at send ${numberText(sends)}` : 'Delivered',
          tone: 'good',
          ...finished,
          ...(place?.receipt?.answer == null ? {} : { answer: place.receipt.answer }),
        },
      ];
    }
    case 'dead':
      return [
        {
          text: 'Refused by the SIEM: a dead letter. A tombstone holds its number.',
          tone: 'bad',
          ...finished,
          ...(delivery.last_answer == null ? {} : { answer: delivery.last_answer }),
        },
      ];
    case 'skipped':
      return [{ text: 'Left out by the filter, or given up by a person', tone: 'idle', ...finished }];
    default:
      return delivery.status satisfies never;
  }
}

/** What a SIEM said, in one line: its words where they may be seen, else its codes. */
export function answerText({ status, code, message, duration_ms: durationMs }: Answer): string {
  const codes = [status === null ? 'no answer' : `HTTP ${status}`, code === null ? '' : `code ${code}`];
  const said = message === null || message === '' ? codes.filter((part) => part !== '').join(', ') : message;
  return `${said} (${numberText(Math.round(durationMs))} ms)`;
}
