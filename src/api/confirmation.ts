import { UnsealError } from '../secrets/unseal-error.ts';
import type { ApiParts } from './api-parts.ts';
import type { Principal } from './principal.ts';
import { Problem } from './problem.ts';
import { timeText } from './time-text.ts';

/** Between what an act would do and the word to do it. */
export const CONFIRMATION_MS = 5 * 60_000;

/** An act that cannot be taken back, exactly: a confirmation of one is none of another. */
export interface FinalAct {
  readonly principal: Principal;
  /** As in the audit trail. */
  readonly action: string;
  /** All that decides what it does. */
  readonly subject: string;
}

export interface Confirmation {
  /** To be sent with the same request again. */
  readonly confirm: string;
  readonly confirm_until: string;
}

/**
 * What the caller sends to have the act done. Sealed for act and actor, so that nothing is kept here and any process of the
 * service can read it; good for five minutes, and for repeating the same act in that time.
 */
export function confirmationOf(parts: Pick<ApiParts, 'sealer' | 'clock'>, act: FinalAct): Confirmation {
  const nowMs = parts.clock.nowMs();
  return {
    confirm: parts.sealer.seal(String(nowMs), contextOf(act)),
    confirm_until: timeText(nowMs + CONFIRMATION_MS),
  };
}

/** When the effect was told that is confirmed now. Throws `confirmation_refused`. */
export function confirmedAtMs(
  parts: Pick<ApiParts, 'sealer' | 'clock'>,
  act: FinalAct,
  confirm: string,
): number {
  const toldAtMs = Number(opened(parts, act, confirm));
  const ageMs = parts.clock.nowMs() - toldAtMs;
  if (!(ageMs >= 0 && ageMs <= CONFIRMATION_MS)) throw refused();
  return toldAtMs;
}

/** The first answer of an act that needs a confirmation. `effect` says what it would do. */
export function confirmationNeeded(
  parts: Pick<ApiParts, 'sealer' | 'clock'>,
  act: FinalAct,
  detail: string,
  effect: Readonly<Record<string, unknown>>,
): Problem {
  return new Problem('confirmation_needed', detail, { extra: { effect, ...confirmationOf(parts, act) } });
}

function opened({ sealer }: Pick<ApiParts, 'sealer'>, act: FinalAct, confirm: string): string {
  try {
    return sealer.open(confirm, contextOf(act));
  } catch (error) {
    if (!(error instanceof UnsealError)) throw error;
    throw refused();
  }
}

/** The field keeps it apart from every credential. */
function contextOf({ principal, action, subject }: FinalAct) {
  return { workspaceId: principal.actor, destinationId: subject, field: `confirmation/${action}` };
}

function refused(): Problem {
  return new Problem(
    'confirmation_refused',
    'The confirmation is too old, or of another act. Ask for the effect again, and confirm that.',
  );
}
