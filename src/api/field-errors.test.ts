import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESTINATION_KINDS } from './destination-kinds.ts';
import { fieldErrors, type SchemaError } from './field-errors.ts';
import { PATTERN_WORDS } from './pattern-words.ts';
import { newDestinationSchema } from './schemas/destination-body-schema.ts';
import { querySchema } from './schemas/page-schema.ts';
import { linesOfText } from './schemas/plain-text-schema.ts';

function errorOf(keyword: string, params: SchemaError['params'], instancePath = '/name'): SchemaError {
  return { keyword, instancePath, params, message: 'must match the expected' };
}

/** The values of `pattern` anywhere in a schema. */
function patternsIn(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) =>
    key === 'pattern' && typeof value === 'string' ? [value] : patternsIn(value),
  );
}

test('bounds are said in words', () => {
  const said = [
    errorOf('minLength', { limit: 1 }),
    errorOf('maxLength', { limit: 200 }),
    errorOf('minimum', { limit: 1 }, '/batch/max_events'),
    errorOf('pattern', { pattern: linesOfText(9).pattern }, '/reason'),
  ].map((error) => fieldErrors([error])[0]?.detail);
  assert.deepEqual(said, [
    '/name must not be empty.',
    '/name must have at most 200 characters.',
    '/batch/max_events must be at least 1.',
    '/reason must be visible text, without control characters but line breaks and tabs.',
  ]);
});

test('a parameter of a query is named as one', () => {
  const [unknown] = fieldErrors(
    [errorOf('additionalProperties', { additionalProperty: 'foo' }, '')],
    '',
    'query',
  );
  assert.equal(unknown?.detail, 'There is no parameter "foo" in the query.');
  const [limit] = fieldErrors([errorOf('pattern', { pattern: '^[1-9][0-9]{0,2}$' }, '/limit')], '', 'query');
  assert.equal(limit?.detail, 'Query parameter limit must be a whole number from 1 to 500.');
});

test('no pattern that a person may miss is told as a regular expression', () => {
  const patterns = [newDestinationSchema(DESTINATION_KINDS), querySchema()].flatMap(patternsIn);
  assert.ok(patterns.length > 10, 'patterns were found');
  assert.deepEqual(
    patterns.filter((pattern) => !PATTERN_WORDS.has(pattern)),
    [],
  );
});
