import type { FormField } from './form-field.ts';
import { sameJson } from './same-json.ts';

/** What stands in the fields, by the field's pointer. A field that nobody touched is not there. */
export type FormValues = Readonly<Record<string, string | boolean | readonly string[]>>;

type Json = Readonly<Record<string, unknown>>;

/** JSON pointer of a field, as the API's problems name it. */
export function pointerOf(field: Pick<FormField, 'path'>): string {
  return field.path.map((name) => `/${name}`).join('');
}

/** The values of a stored object. */
export function valuesOf(fields: readonly FormField[], stored: Json): FormValues {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = field.path.reduce<unknown>(
        (inner, name) => (isObject(inner) ? inner[name] : undefined),
        stored,
      );
      const shown = shownOf(value);
      return shown === undefined ? [] : [[pointerOf(field), shown]];
    }),
  );
}

/** The object that the values make. Empty fields are left out: their default holds. */
export function bodyOf(fields: readonly FormField[], values: FormValues): Json {
  const body: Record<string, unknown> = {};
  for (const field of fields) {
    const value = jsonOf(field, values[pointerOf(field)]);
    if (value === undefined) continue;
    const inner = field.path.slice(0, -1).reduce<Record<string, unknown>>((at, name) => {
      const next = isObject(at[name]) ? at[name] : {};
      at[name] = next;
      return next;
    }, body);
    inner[field.path.at(-1) ?? ''] = value;
  }
  return body;
}

/** What must be sent to turn one object into another: changed fields of the first level, null for what is gone. */
export function changesOf(before: Json, after: Json): Json {
  const changes: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (sameJson(before[name], after[name])) continue;
    changes[name] = after[name] ?? null;
  }
  return changes;
}

/** Fields that must have a value and have none. */
export function missingOf(fields: readonly FormField[], values: FormValues): readonly FormField[] {
  return fields.filter((field) => field.required && jsonOf(field, values[pointerOf(field)]) === undefined);
}

function jsonOf({ control }: FormField, value: FormValues[string] | undefined): unknown {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') {
    const items = value.map((item) => item.trim()).filter((item) => item !== '');
    return items.length === 0 ? undefined : items;
  }
  const text = control.kind === 'long_text' ? value : value.trim();
  if (text === '') return undefined;
  if (control.kind !== 'number') return text;
  // What is no number goes as it is: the API says what it wants there, better than a form that drops it.
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

function shownOf(value: unknown): FormValues[string] | undefined {
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(String);
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
