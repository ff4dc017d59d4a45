import type { FastifyError, FastifySchemaValidationError } from 'fastify';
import { StoreError } from '../store/store-error.ts';
import { StoreUnavailableError } from '../store/store-unavailable-error.ts';
import { Problem, type FieldError } from './problem.ts';
import type { ProblemCode } from './problem-catalogue.ts';
import { fieldErrors } from './field-errors.ts';

/** Seconds after which a caller may try again when the store cannot write: about the time a lock or a failover takes. */
export const STORE_RETRY_AFTER_SECONDS = 5;

/** Fastify's own refusals, by their documented code: https://fastify.dev/docs/latest/Reference/Errors/ */
const FRAMEWORK_CODES: Readonly<Record<string, { readonly code: ProblemCode; readonly detail: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'body_too_large', detail: 'The body is longer than this route takes.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported_media_type',
    detail: 'The Content-Type is missing, or is not one that this route takes.',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'empty_body', detail: 'The body is empty.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'bad_request',
    detail: 'The body has not the length that Content-Length says.',
  },
  FST_ERR_BAD_URL: { code: 'bad_request', detail: 'The path cannot be decoded.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'bad_request', detail: 'A part of the path is too long.' },
  FST_ERR_VALIDATION: { code: 'bad_value', detail: 'The request was refused.' },
};

/** The one place where an error becomes an answer. Anything unknown is an internal error, and says nothing of itself. */
export function problemOfError(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof StoreError) return problemOfStoreError(error);
  if (!(error instanceof Error)) return internal(error);
  const { validation, validationContext, code } = error as Partial<FastifyError>;
  if (validation !== undefined) return problemOfValidation(validation, validationContext);
  const known = code === undefined ? undefined : FRAMEWORK_CODES[code];
  return known === undefined ? internal(error) : new Problem(known.code, known.detail, { cause: error });
}

/** Several mistakes in one body become one problem: the first names it, `errors` has them all. */
export function problemOfFields(errors: readonly FieldError[]): Problem {
  const [first] = errors;
  if (first === undefined) return new Problem('bad_value', 'The body was refused.');
  return new Problem(first.code as ProblemCode, first.detail, { pointer: first.pointer, errors });
}

function problemOfStoreError(error: StoreError): Problem {
  if (error.code === 'invalid_cursor') return new Problem('invalid_cursor', error.message);
  if (error.code === 'name_taken') return new Problem('name_taken', error.message, { pointer: '/name' });
  if (error instanceof StoreUnavailableError) {
    return new Problem('store_unavailable', error.message, {
      retryAfterSeconds: STORE_RETRY_AFTER_SECONDS,
      extra: { reason: error.code },
      cause: error,
    });
  }
  return internal(error);
}

function problemOfValidation(
  validation: readonly FastifySchemaValidationError[],
  context: string | undefined,
): Problem {
  if (context === 'body' || context === undefined) return problemOfFields(fieldErrors(validation));
  const [first] = fieldErrors(validation, '', 'query');
  return new Problem('bad_parameter', first?.detail ?? 'A parameter cannot be used.');
}

function internal(cause: unknown): Problem {
  return new Problem('internal_error', 'The service failed at this request; its log has the cause.', {
    cause,
  });
}
