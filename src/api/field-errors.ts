import type { FieldError } from './problem.ts';

/** What a JSON Schema validator says of one place; the part of its form that is read here. */
export interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string | undefined;
}

/** Keywords that only say that another error lies within. */
const FRAMES = new Set(['if', 'anyOf', 'oneOf', 'allOf']);
/** A body may be wrong in thousands of places; a person reads a few. */
const MAX_FIELD_ERRORS = 20;

/** Schema errors in our words: a stable code, a pointer to the very field, a sentence. `base` goes before each pointer. */
export function fieldErrors(errors: readonly SchemaError[], base = ''): readonly FieldError[] {
  const real = errors.filter((error) => !FRAMES.has(error.keyword));
  return (real.length === 0 ? errors : real)
    .slice(0, MAX_FIELD_ERRORS)
    .map((error) => fieldError(error, base))
    .toSorted((left, right) => rank(left) - rank(right));
}

/** The most telling mistake stands first: a mistyped field explains a missing one. */
function rank(error: FieldError): number {
  return ['unknown_field', 'missing_field', 'wrong_type'].indexOf(error.code) >>> 0;
}

function fieldError({ keyword, instancePath, params, message }: SchemaError, base: string): FieldError {
  const here = base + instancePath;
  const field = here === '' ? 'the body' : here;
  switch (keyword) {
    case 'additionalProperties': {
      const name = textOf(params['additionalProperty']);
      return {
        code: 'unknown_field',
        pointer: `${here}/${escapePointer(name)}`,
        detail: `There is no field ${JSON.stringify(name)} in ${field}.`,
      };
    }
    case 'required': {
      const name = textOf(params['missingProperty']);
      return {
        code: 'missing_field',
        pointer: `${here}/${escapePointer(name)}`,
        detail: `The field ${JSON.stringify(name)} is missing in ${field}.`,
      };
    }
    case 'type':
      return {
        code: 'wrong_type',
        pointer: here,
        detail: `${capital(field)} must be of type ${textOf(params['type'])}.`,
      };
    case 'enum': {
      const allowed = Array.isArray(params['allowedValues']) ? params['allowedValues'].map(String) : [];
      return {
        code: 'bad_value',
        pointer: here,
        detail: `${capital(field)} must be one of ${allowed.join(', ')}.`,
      };
    }
    case 'const':
      return {
        code: 'bad_value',
        pointer: here,
        detail: `${capital(field)} must be ${JSON.stringify(params['allowedValue'])}.`,
      };
    default:
      return {
        code: 'bad_value',
        pointer: here,
        detail: `${capital(field)} ${message ?? 'cannot be used'}.`,
      };
  }
}

/** RFC 6901, section 3. */
function escapePointer(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(' or ') : String(value);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
