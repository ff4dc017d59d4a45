import type { Refusal } from './refusal.ts';

/** Characters of one key that a pointer repeats; the rest of a longer key is cut, so that an error stays short. */
const MAX_POINTER_STEP_CHARS = 128;

export type PointerStep = string | number;

/**
 * Carries a refusal out of nested readers; thrown and caught inside this folder, and by readers of other bodies that use
 * its exact JSON reader. The pointer is put together on the way out (`under`), so a record that is fine pays nothing for it.
 */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string;
  readonly #steps: PointerStep[];

  constructor(code: string, message: string, steps: readonly PointerStep[] = []) {
    super(message);
    this.code = code;
    this.#steps = [...steps];
  }

  /** Puts one more step in front: the place where the refused value stands in its parent. */
  under(step: PointerStep): this {
    this.#steps.unshift(step);
    return this;
  }

  get refusal(): Refusal {
    return { code: this.code, pointer: this.#steps.map(escaped).join(''), message: this.message };
  }
}

/** One step of a JSON pointer (RFC 6901): https://www.rfc-editor.org/rfc/rfc6901#section-3 */
function escaped(step: PointerStep): string {
  if (typeof step === 'number') return `/${step}`;
  const key = step.length > MAX_POINTER_STEP_CHARS ? `${step.slice(0, MAX_POINTER_STEP_CHARS)}…` : step;
  return `/${key.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
