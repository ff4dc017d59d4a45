/** `YYYY-MM-DDTHH:MM:SS`: what stands before the fraction and the offset. */
const DATE_TIME_CHARS = 19;

/**
 * Milliseconds since 1970 of an RFC 3339 time (https://www.rfc-editor.org/rfc/rfc3339#section-5.6), or undefined when it
 * is none: no offset, a day that the month does not have, an offset beyond 23:59. A leap second (`:60`) is none either,
 * since milliseconds since 1970 have no place for it. Any number of fraction digits; those beyond milliseconds are cut.
 */
export function rfc3339ToMs(text: string): number | undefined {
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':') return undefined;
  if (text[10] !== 'T' && text[10] !== 't' && text[10] !== ' ') return undefined;
  if (!(year >= 0) || !(month >= 1 && month <= 12) || !(day >= 1 && day <= daysOf(year, month)))
    return undefined;
  if (!(hour >= 0 && hour <= 23) || !(minute >= 0 && minute <= 59) || !(second >= 0 && second <= 59)) {
    return undefined;
  }
  const offsetAt = endOfFraction(text);
  const offsetMs = offsetToMs(text, offsetAt);
  if (offsetMs === undefined) return undefined;
  const fraction = text.slice(DATE_TIME_CHARS + 1, Math.min(offsetAt, DATE_TIME_CHARS + 4));
  const milliseconds = Number(fraction.padEnd(3, '0'));
  return utc(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds - offsetMs;
}

/** The number that `count` digits from `at` say, or NaN. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index += 1) {
    const digit = text.charCodeAt(index) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Index after the fraction; -1 where a dot has no digit behind it. */
function endOfFraction(text: string): number {
  if (text[DATE_TIME_CHARS] !== '.') return DATE_TIME_CHARS;
  let at = DATE_TIME_CHARS + 1;
  while (digits(text, at, 1) >= 0) at += 1;
  return at === DATE_TIME_CHARS + 1 ? -1 : at;
}

/** `Z` or `±HH:MM`, up to the end of the text. */
function offsetToMs(text: string, at: number): number | undefined {
  const mark = text[at];
  if (mark === 'Z' || mark === 'z') return text.length === at + 1 ? 0 : undefined;
  if ((mark !== '+' && mark !== '-') || text[at + 3] !== ':' || text.length !== at + 6) return undefined;
  const hours = digits(text, at + 1, 2);
  const minutes = digits(text, at + 4, 2);
  if (!(hours <= 23) || !(minutes <= 59)) return undefined;
  return (mark === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** `Date.UTC` takes the years 0 to 99 for 1900 to 1999. Four hundred years have the same days wherever they begin. */
function utc(year: number, month: number, day: number): number {
  return year > 99
    ? Date.UTC(year, month - 1, day)
    : Date.UTC(year + 400, month - 1, day) - 146_097 * 86_400_000;
}
