import { basename } from 'node:path';

/** What a run left behind as JSON: a name, and figures of any shape. */
export interface Report {
  readonly name: string;
  readonly file: string;
  readonly figures: Readonly<Record<string, unknown>>;
}

/** Reads one report; without a `name` or `kind` in it, it is called as its file. Throws with the file's name and what is wrong. */
export function parseReport(file: string, text: string): Report {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON; run its command again`, { cause });
  }
  if (!isObject(parsed)) throw new Error(`${file} must hold one JSON object`);
  const { name, kind } = parsed;
  const called = [name, kind, basename(file, '.json')].find((word) => typeof word === 'string');
  return { name: String(called), file, figures: parsed };
}

/** A run that prints its findings instead: its output as it is, called as the file. */
export function textReport(file: string, text: string): Report {
  const violations = text.split('\n').filter((line) => line.includes(NOT_NOTICED));
  const figures = { [TEXT]: `\`\`\`text\n${text.trim()}\n\`\`\``, violations };
  return { name: basename(file, '.txt'), file, figures };
}

/** What the simulator prints for a bug that it did not find. */
const NOT_NOTICED = 'NOT NOTICED';

/** The figure of a report that is text as it stands. */
export const TEXT = 'text';

/**
 * Everything in a report that says that a promise was broken: a list `violations` with something in it, or a count `lost`
 * above 0, wherever they stand.
 */
export function brokenPromises(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => brokenPromises(item, `${path}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inside]) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (key === 'violations' || key === 'faults') return saidIn(inside, at);
    if (key === 'lost' && typeof inside === 'number' && inside > 0) return [`${at} is ${inside}`];
    return brokenPromises(inside, at);
  });
}

function saidIn(value: unknown, at: string): readonly string[] {
  if (Array.isArray(value)) return value.map((item) => `${at}: ${showValue(item)}`);
  if (typeof value === 'number' && value > 0) return [`${at} is ${value}`];
  return [];
}

/** One value in a cell. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'number') {
    return Number.isInteger(value) ? value.toLocaleString('en-US') : value.toPrecision(3);
  }
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(showValue).join('; ');
  if (!isObject(value)) return typeof value;
  const inside = Object.entries(value).map(([key, part]) => `${wordsOf(key)} ${showValue(part)}`);
  return inside.length === 0 ? 'none' : inside.join(', ');
}

/** `maxRepeatedRequests` -> `max repeated requests`. */
export function wordsOf(key: string): string {
  return key.replaceAll('_', ' ').replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => {
    return `${before} ${after.toLowerCase()}`;
  });
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
