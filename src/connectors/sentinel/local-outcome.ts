import type { Outcome } from '../outcome.ts';

/** Nothing was sent, and this is why. `reason` is a stable word. */
export function notSent(kind: 'configuration' | 'too_big', reason: string, message: string): Outcome {
  const answer = { code: reason, message, durationMs: 0 };
  return kind === 'too_big' ? { kind, answer } : { kind, reason, advice: message, answer };
}

/** A fault of this program. The error's own text could hold what was sent: its name has to do. */
export function localFault(error: unknown): Outcome {
  const name = error instanceof Error ? error.name : typeof error;
  return {
    kind: 'local_fault',
    reason: 'internal',
    answer: {
      code: 'internal',
      message: `The send failed by a fault of this program (${name})`,
      durationMs: 0,
    },
  };
}
