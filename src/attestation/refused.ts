import type { Refusal } from './refusal.ts';

/** Carries a refusal out of nested readers. Thrown and caught inside this folder only. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: Refusal;

  constructor(code: string, pointer: string, message: string) {
    super(message);
    this.refusal = { code, pointer, message };
  }
}

/** One more step of a JSON pointer (RFC 6901). */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${typeof key === 'number' ? key : key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
