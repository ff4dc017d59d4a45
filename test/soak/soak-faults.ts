import type { FakeSplunk } from '../fake-splunk/fake-splunk.ts';
import type { HecFault } from '../fake-splunk/hec-faults.ts';

/**
 * What the SIEM does wrong, one after the other, over and over; between two of them it works. Nothing that holds a destination
 * for a minute: the delay would tell of that alone (`npm run misbehave` has it).
 */
export const SOAK_FAULTS: readonly {
  readonly name: string;
  readonly times: number;
  readonly fault: HecFault;
}[] = [
  { name: 'busy', times: 4, fault: { kind: 'answer', status: 503, code: 9 } },
  { name: 'reply lost', times: 2, fault: { kind: 'take_then_reset' } },
  {
    name: 'throttled',
    times: 2,
    fault: { kind: 'answer', status: 429, code: 26, headers: { 'retry-after': '1' } },
  },
  { name: 'connection reset', times: 3, fault: { kind: 'reset' } },
  { name: 'slow', times: 4, fault: { kind: 'slow', delayMs: 1_500 } },
  { name: 'upload cut', times: 2, fault: { kind: 'cut_upload' } },
  { name: 'error page', times: 2, fault: { kind: 'answer', status: 502, body: 'Bad gateway' } },
];

/** Plans the next fault every `everyMs` until it is ended. */
export class FaultRound {
  readonly planned: Record<string, number> = {};
  readonly #timer: NodeJS.Timeout;
  #turn = 0;

  constructor(siem: FakeSplunk, everyMs: number) {
    this.#timer = setInterval(() => {
      const next = SOAK_FAULTS[this.#turn % SOAK_FAULTS.length];
      this.#turn += 1;
      if (next === undefined) return;
      siem.clearFaults();
      siem.plan(next.fault, next.times);
      this.planned[next.name] = (this.planned[next.name] ?? 0) + next.times;
    }, everyMs);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
