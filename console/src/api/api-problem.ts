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

/** The words for an answer that is no problem document, and for no answer at all (status 0). */
export function problemWithoutDocument(status: number, cause?: unknown): ApiProblem {
  const unreachable = status === 0;
  return new ApiProblem(
    {
      type: 'about:blank',
      title: unreachable ? 'The service does not answer' : 'An answer that is not from this service',
      status,
      detail: unreachable
        ? 'No connection to the service. What it has recorded is safe; this page goes on when it answers again.'
        : `Something between this page and the service answered with ${status}. Look at the proxy in front of it.`,
      code: unreachable ? 'unreachable' : 'not_a_problem_document',
      request_id: '',
    },
    { cause },
  );
}
