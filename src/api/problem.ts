import { PROBLEMS, type ProblemCode } from './problem-catalogue.ts';

/** One of several mistakes in a body. */
export interface FieldError {
  readonly code: string;
  /** JSON pointer (RFC 6901) into the body. */
  readonly pointer: string;
  readonly detail: string;
}

export interface ProblemOptions {
  /** A more exact code than the kind's own, such as the parser's `unknown_verdict`. */
  readonly reason?: string;
  readonly pointer?: string;
  readonly errors?: readonly FieldError[];
  /** Seconds, for the header of that name. */
  readonly retryAfterSeconds?: number;
  /** Further members of the document (RFC 9457, section 3.2), in snake_case. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Problem document as answered: https://www.rfc-editor.org/rfc/rfc9457 */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly request_id: string;
  readonly pointer?: string;
  readonly errors?: readonly FieldError[];
  readonly [extra: string]: unknown;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Thrown by a route to answer with a problem document. `detail` is read by callers: no secret, no stack, no SQL. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly options: ProblemOptions;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.status = PROBLEMS[code].status;
    this.options = options;
  }

  toDocument(requestId: string): ProblemDocument {
    const { reason, pointer, errors, extra } = this.options;
    return {
      type: `urn:aegis-siem:problem:${this.code}`,
      title: PROBLEMS[this.code].title,
      status: this.status,
      detail: this.message,
      code: reason ?? this.code,
      request_id: requestId,
      ...(pointer === undefined ? {} : { pointer }),
      ...(errors === undefined ? {} : { errors }),
      ...extra,
    };
  }
}
