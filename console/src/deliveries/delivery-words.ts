import type { Delivery } from '../api/api-types.ts';
import type { Tone } from '../elements/state-badge.tsx';

/** What becomes of a delivery, as people say it. */
export const STATUSES: readonly {
  readonly value: Delivery['status'];
  readonly title: string;
  readonly tone: Tone;
  readonly meaning: string;
}[] = [
  { value: 'pending', title: 'Waiting', tone: 'wait', meaning: 'not sent yet' },
  {
    value: 'in_flight',
    title: 'On its way',
    tone: 'wait',
    meaning: 'being sent, or sent and not confirmed yet',
  },
  { value: 'delivered', title: 'Delivered', tone: 'good', meaning: 'the SIEM took it' },
  { value: 'dead', title: 'Dead letter', tone: 'bad', meaning: 'refused by the SIEM; waits for a person' },
  {
    value: 'skipped',
    title: 'Left out',
    tone: 'idle',
    meaning: 'by the filter, or by a person with a reason',
  },
];

export function statusOf(value: Delivery['status']): (typeof STATUSES)[number] {
  const found = STATUSES.find((status) => status.value === value);
  return found ?? { value, title: value, tone: 'idle', meaning: '' };
}
