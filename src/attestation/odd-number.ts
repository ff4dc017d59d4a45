/** A number whose value `JSON.parse` would change. Known fields refuse it; unknown ones carry its text. */
export class OddNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The nearest double where only digits beyond its precision are lost; undefined where the value itself would be. */
  rounded(): number | undefined {
    const value = Number(this.text);
    if (!Number.isFinite(value) || isUnsafeInteger(value)) return undefined;
    return value === 0 && hasOtherDigitThanZero(this.text) ? undefined : value;
  }
}

/** Decimal digits that every double of normal size keeps (DBL_DIG). */
const KEPT_DIGITS = 15;
/** Below this, doubles lose precision digit by digit. */
const SMALLEST_NORMAL = 2 ** -1022;

/**
 * Would `JSON.parse` give another number than `text` (a number of the JSON grammar) says? Beyond 2^53, beyond the range
 * of a double, minus zero, or more digits than come back.
 */
export function isOddNumber(text: string): boolean {
  const value = Number(text);
  if (!Number.isFinite(value) || Object.is(value, -0) || isUnsafeInteger(value)) return true;
  if (value === 0) return hasOtherDigitThanZero(text);
  if (String(value) === text) return false;
  return Math.abs(value) < SMALLEST_NORMAL || significantDigits(text) > KEPT_DIGITS;
}

function isUnsafeInteger(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

function hasOtherDigitThanZero(text: string): boolean {
  return /^[^eE]*[1-9]/.test(text);
}

function significantDigits(text: string): number {
  const digits = text.replace(/[eE].*$/, '').replaceAll(/[-.]/g, '');
  return digits.replace(/^0+/, '').replace(/0+$/, '').length;
}
