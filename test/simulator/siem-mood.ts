import type { Outcome } from '../../src/connectors/outcome.ts';
import type { FaultClass } from './fault-class.ts';
import type { SeededRandom } from './seeded-random.ts';

/** How a SIEM feels for a while, before it looks at what it is sent. */
export type SiemMood = 'well' | Extract<FaultClass, `siem_${string}`>;

export const BAD_MOODS = [
  'siem_503',
  'siem_429',
  'siem_401',
  'siem_404',
  'siem_refuses_all',
  'siem_body_limit',
] as const satisfies readonly SiemMood[];

/** Seconds as remotes send them, and what no remote should. */
const RETRY_AFTERS_MS = [undefined, 1_000, 4_000, 15_000, 86_400_000, 0, -5_000, Number.NaN];

/** What the mood alone answers; undefined when the SIEM looks at the events. */
export function moodOutcome(mood: SiemMood, random: SeededRandom): Outcome | undefined {
  switch (mood) {
    case 'siem_503':
      return { kind: 'transient', answer: answerOf(503), ...retryAfter(random) };
    case 'siem_429':
      return { kind: 'throttled', answer: answerOf(429), ...retryAfter(random) };
    case 'siem_401':
      return unauthorized();
    case 'siem_404':
      return {
        kind: 'configuration',
        reason: 'not_found',
        advice: 'Correct the address',
        answer: answerOf(404),
      };
    case 'well':
    case 'siem_refuses_all':
    case 'siem_body_limit':
      return undefined;
    default:
      return mood satisfies never;
  }
}

export function unauthorized(): Outcome {
  return { kind: 'configuration', reason: 'invalid_token', advice: 'Set the token', answer: answerOf(401) };
}

export function answerOf(status: number, code?: string): Outcome['answer'] {
  return {
    status,
    message: `The SIEM answered ${status}`,
    durationMs: 1,
    ...(code === undefined ? {} : { code }),
  };
}

function retryAfter(random: SeededRandom): { readonly retryAfterMs?: number } {
  const retryAfterMs = random.pick(RETRY_AFTERS_MS);
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}
