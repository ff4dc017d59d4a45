import { PATTERN_WORDS } from './pattern-words.ts';
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

/** Where the values come from, for the sentence: fields of a body are named by their pointer, parameters of a query by their name. */
export type ErrorPlace = 'body' | 'query';

/** Schema errors in our words: a stable code, a pointer to the very field, a sentence. `base` goes before each pointer. */
export function fieldErrors(
  errors: readonly SchemaError[],
  base = '',
  place: ErrorPlace = 'body',
): readonly FieldError[] {
  const real = errors.filter((error) => !FRAMES.has(error.keyword));
  return (real.length === 0 ? errors : real)
    .slice(0, MAX_FIELD_ERRORS)
    .map((error) => fieldError(error, base, place))
    .toSorted((left, right) => rank(left) - rank(right));
}

/** The most telling mistake stands first: a mistyped field explains a missing one. */
function rank(error: FieldError): number {
  return ['unknown_field', 'missing_field', 'wrong_type'].indexOf(error.code) >>> 0;
}

function fieldError(
  { keyword, instancePath, params, message }: SchemaError,
  base: string,
  place: ErrorPlace,
): FieldError {
  const here = base + instancePath;
  const named = place === 'query' ? `query parameter ${here.slice(1)}` : here;
  const field = here === '' ? `the ${place}` : named;
  const what = place === 'query' ? 'parameter' : 'field';
  switch (keyword) {
    case 'additionalProperties': {
      const name = textOf(params['additionalProperty']);
      return {
        code: 'unknown_field',
        pointer: `${here}/${escapePointer(name)}`,
        detail: `There is no ${what} ${JSON.stringify(name)} in ${field}.`,
      };
    }
    case 'required': {
      const name = textOf(params['missingProperty']);
      return {
        code: 'missing_field',
        pointer: `${here}/${escapePointer(name)}`,
        detail: `The ${what} ${JSON.stringify(name)} is missing in ${field}.`,
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
        detail: `${capital(field)} ${boundOf(keyword, params, message)}.`,
      };
  }
}

/** What a value takes that has the right type. A pattern is for programs: people read what it means, where we have words for it. */
function boundOf(keyword: string, params: SchemaError['params'], message = 'cannot be used'): string {
  const limit = textOf(params['limit']);
  switch (keyword) {
    case 'minLength':
      return limit === '1' ? 'must not be empty' : `must have at least ${limit} characters`;
    case 'maxLength':
      return `must have at most ${limit} characters`;
    case 'minimum':
      return `must be at least ${limit}`;
    case 'maximum':
      return `must be at most ${limit}`;
    case 'minItems':
      return `must hold at least ${limit}`;
    case 'maxItems':
      return `must hold at most ${limit}`;
    case 'pattern':
      return PATTERN_WORDS.get(textOf(params['pattern'])) ?? message;
    default:
      return message;
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
