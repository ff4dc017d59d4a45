import type { ProblemDocument } from './api-types.ts';

/** Thrown for every call that the API did not answer with success; says what the API said, and the id to look for in its log. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly document: ProblemDocument;

  constructor(document: ProblemDocument, options?: ErrorOptions) {
    super(document.detail, options);
    this.document = document;
  }

  get status(): number {
    return this.document.status;
  }

  get code(): string {
    return this.document.code;
  }
}

const UNREACHABLE = 'unreachable';

/** No answer came. */
export function unreachable(cause: unknown): ApiProblem {
  return ownProblem(cause, {
    title: 'The service does not answer',
    status: 0,
    detail:
      'No connection to the service. What it has recorded is safe; this page goes on when it answers again.',
    code: UNREACHABLE,
  });
}

/** An answer that the service would not give: no problem document for a failure, or no JSON. */
export function strangeAnswer(status: number, cause?: unknown): ApiProblem {
  return ownProblem(cause, {
    title: 'An answer that is not from this service',
    status,
    detail: `Something between this page and the service answered with ${status}. Look at the proxy in front of it.`,
    code: 'not_a_problem_document',
  });
}

/** Whatever was thrown, to be shown: what the API said, else a fault of this page, with its words. */
export function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return ownProblem(error, {
    title: 'This page failed',
    status: 0,
    detail: `That is a fault of the console, not of your data. Please report it with these words: ${error instanceof Error ? error.message : String(error)}`,
    code: 'console_fault',
  });
}

export function isUnreachable({ code }: ApiProblem): boolean {
  return code === UNREACHABLE;
}

function ownProblem(
  cause: unknown,
  words: Pick<ProblemDocument, 'title' | 'status' | 'detail' | 'code'>,
): ApiProblem {
  return new ApiProblem({ type: 'about:blank', request_id: '', ...words }, { cause });
}
