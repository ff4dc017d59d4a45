import type { SchemaType } from './schema.ts';
import type { Findings } from './validation-finding.ts';

const MAX_INT32 = 2 ** 31 - 1;
const MIN_INT32 = -(2 ** 31);
/** Times outside of 1990 to 2200 are seconds or microseconds taken for milliseconds. */
const MIN_TIMESTAMP_MS = Date.UTC(1990, 0, 1);
const MAX_TIMESTAMP_MS = Date.UTC(2200, 0, 1);

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Holds a value against a scalar type and the types that it is made from. */
export function validateScalar(
  value: unknown,
  typeName: string,
  types: Readonly<Record<string, SchemaType>>,
  path: string,
  findings: Findings,
): void {
  if (typeName === 'json_t') {
    if (value === undefined) findings.add('wrong_type', path, 'a JSON value is expected');
    return;
  }
  const chain = chainOf(typeName, types);
  const base = chain.at(-1) ?? typeName;
  if (base === 'string_t') validateString(value, chain, types, path, findings);
  else if (base === 'boolean_t') {
    if (typeof value !== 'boolean') findings.add('wrong_type', path, 'true or false is expected');
  } else if (base === 'float_t') {
    if (typeof value !== 'number' || !Number.isFinite(value))
      findings.add('wrong_type', path, 'a number is expected');
  } else if (base === 'integer_t' || base === 'long_t')
    validateInteger(value, chain, base, types, path, findings);
  else findings.add('unknown_type', path, `the schema has no type ${typeName}`);
}

/** `timestamp_t`, `long_t`: a type and its parents. */
function chainOf(typeName: string, types: Readonly<Record<string, SchemaType>>): string[] {
  const chain = [typeName];
  for (let parent = types[typeName]?.type; parent !== undefined; parent = types[parent]?.type)
    chain.push(parent);
  return chain;
}

function validateString(
  value: unknown,
  chain: readonly string[],
  types: Readonly<Record<string, SchemaType>>,
  path: string,
  findings: Findings,
): void {
  if (typeof value !== 'string') {
    findings.add('wrong_type', path, 'a string is expected');
    return;
  }
  const [limiting] = chain.filter((name) => value.length > (types[name]?.max_len ?? Infinity));
  if (limiting !== undefined) {
    findings.add(
      'too_long',
      path,
      `has ${value.length} characters; ${limiting} takes ${types[limiting]?.max_len ?? 0}`,
    );
    // Some of the published patterns take quadratic time: they never see a long text.
    return;
  }
  for (const name of chain) {
    const regex = types[name]?.regex;
    if (regex !== undefined && !new RegExp(regex).test(value))
      findings.add('pattern', path, `does not look like ${name}`);
  }
}

function validateInteger(
  value: unknown,
  chain: readonly string[],
  base: 'integer_t' | 'long_t',
  types: Readonly<Record<string, SchemaType>>,
  path: string,
  findings: Findings,
): void {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    findings.add('wrong_type', path, 'a whole number is expected');
    return;
  }
  if (base === 'integer_t' && (value < MIN_INT32 || value > MAX_INT32))
    findings.add('out_of_range', path, 'does not fit into 32 bits');
  if (!Number.isSafeInteger(value)) findings.add('out_of_range', path, 'is beyond 2^53');
  if (chain[0] === 'timestamp_t' && (value < MIN_TIMESTAMP_MS || value >= MAX_TIMESTAMP_MS)) {
    findings.add('implausible_time', path, 'is no time in milliseconds between 1990 and 2199');
  }
  for (const name of chain) {
    const range = types[name]?.range;
    if (range !== undefined && (value < range[0] || value > range[1]))
      findings.add('out_of_range', path, `is not between ${range[0]} and ${range[1]}`);
  }
}
