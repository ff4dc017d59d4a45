import { isPlainObject } from './validate-scalar.ts';
import type { Findings } from './validation-finding.ts';

/** An observable is an index: its name is a path into the event, and its value must be found there. */
export function validateObservables(event: Readonly<Record<string, unknown>>, findings: Findings): void {
  const { observables } = event;
  if (!Array.isArray(observables)) return;
  // Thousands of observables may point into a list of thousands: each path is walked once.
  const foundByName = new Map<string, ReadonlySet<unknown>>();
  for (const [index, observable] of observables.entries()) {
    if (!isPlainObject(observable) || typeof observable['name'] !== 'string') continue;
    const { name, value } = observable;
    const path = `observables[${index}]`;
    if (name === 'unmapped' || name.startsWith('unmapped.')) {
      findings.add('observable_path', `${path}.name`, 'points into unmapped, which is no attribute');
      continue;
    }
    const found = foundByName.get(name) ?? foundAt(event, name);
    foundByName.set(name, found);
    if (found.size === 0) findings.add('observable_path', `${path}.name`, 'points at nothing in the event');
    else if (typeof value === 'string' && !found.has(value))
      findings.add('observable_value', `${path}.value`, 'is not what stands at the place that it names');
  }
}

/** What stands at a path; numbers and booleans as the text that an observable would repeat. */
function foundAt(event: Readonly<Record<string, unknown>>, name: string): ReadonlySet<unknown> {
  return new Set(
    valuesAt(event, name.split('.')).map((value) =>
      typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
    ),
  );
}

/** `resources[].uid`, `resources[0].uid` and `resources.uid` all name places in a list. */
function valuesAt(value: unknown, steps: readonly string[]): unknown[] {
  const [step, ...rest] = steps;
  if (step === undefined) return Array.isArray(value) ? value : [value];
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, steps));
  if (!isPlainObject(value)) return [];
  const match = /^(?<name>[^[\]]+)(?:\[(?<index>\d*)\])?$/.exec(step);
  const name = match?.groups?.['name'] ?? step;
  const index = match?.groups?.['index'];
  const next = Object.hasOwn(value, name) ? value[name] : undefined;
  if (next === undefined) return [];
  return valuesAt(
    index !== undefined && index !== '' && Array.isArray(next) ? next[Number(index)] : next,
    rest,
  );
}
