import type { JsonSchema } from './json-schema.ts';

/** One field of a form, made from its schema. */
export interface FormField {
  /** Names from the root: `['tls', 'ca_pem']`. */
  readonly path: readonly string[];
  readonly label: string;
  readonly help: string | undefined;
  readonly control: Control;
  readonly required: boolean;
  /** Never shown again: typed blind, kept by no browser. */
  readonly secret: boolean;
  /** What holds while the field is empty. */
  readonly unset: string | undefined;
}

export type Control =
  | { readonly kind: 'text'; readonly maxLength: number | undefined }
  | { readonly kind: 'long_text' }
  | { readonly kind: 'number'; readonly minimum: number | undefined; readonly maximum: number | undefined }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly words: readonly string[] }
  | { readonly kind: 'choices'; readonly words: readonly string[] }
  | { readonly kind: 'lines' };

/** A text that may be longer than this has several lines (certificates, keys). */
const ONE_LINE_CHARS = 4_096;
const CAPITALS = new Set(['url', 'id', 'dcr', 'tls', 'ca', 'pem', 'ocsf', 'uid', 'hec']);

/** The fields of an object's schema, in its order, those of inner objects after their own. */
export function fieldsOf(schema: JsonSchema, path: readonly string[] = []): readonly FormField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const here = [...path, name];
    if (field.properties !== undefined) return fieldsOf(field, here);
    const control = controlOf(field);
    if (control === undefined) return [];
    return [
      {
        path: here,
        label: field.title ?? labelOf(here),
        help: field.description,
        control,
        required: schema.required?.includes(name) === true,
        secret: field.writeOnly === true,
        unset: unsetOf(field),
      },
    ];
  });
}

/** Undefined for a shape that no simple field can hold; such a part has a form of its own. */
function controlOf(schema: JsonSchema): Control | undefined {
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.find((word) => word !== 'null');
  switch (type ?? 'any') {
    case 'boolean':
      return { kind: 'switch' };
    case 'integer':
    case 'number':
      return { kind: 'number', minimum: schema.minimum, maximum: schema.maximum };
    case 'array':
      if (schema.items?.enum !== undefined) return { kind: 'choices', words: schema.items.enum };
      return schema.items?.type === 'string' ? { kind: 'lines' } : undefined;
    case 'string':
      if (schema.enum !== undefined) return { kind: 'choice', words: schema.enum };
      return (schema.maxLength ?? 0) > ONE_LINE_CHARS
        ? { kind: 'long_text' }
        : { kind: 'text', maxLength: schema.maxLength };
    default:
      return undefined;
  }
}

/** `dcr_immutable_id` becomes `DCR immutable ID`. */
export function labelOf(path: readonly string[]): string {
  const words = path
    .flatMap((name) => name.split('_'))
    .map((word) => (CAPITALS.has(word) ? word.toUpperCase() : word));
  const text = words.join(' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function unsetOf({ default: value }: JsonSchema): string | undefined {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
