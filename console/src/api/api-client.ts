import { ApiProblem, problemWithoutDocument } from './api-problem.ts';
import type { ProblemDocument } from './api-types.ts';
import { UNATTENDED_HEADER } from './person-at-work.ts';

/** The service takes a cookie for a change only together with this header, which no other site can send. */
const CSRF_HEADER = { 'x-aegis-csrf': '1' } as const;
/** A test of a connection takes up to half a minute; nothing else comes near. */
const TIMEOUT_MS = 45_000;

export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Row version of what is changed, so that the changes of others are not overwritten. */
  readonly version?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Calls the API of the same origin. Sign-in is a cookie that this code cannot read. */
export class ApiClient {
  readonly #onSignedOut: () => void;
  readonly #isPersonThere: () => boolean;

  /** `isPersonThere`: what is asked while nobody is there does not count as use of the session. */
  constructor(onSignedOut: () => void, isPersonThere: () => boolean = () => true) {
    this.#onSignedOut = onSignedOut;
    this.#isPersonThere = isPersonThere;
  }

  /** The body of the answer. Throws `ApiProblem`; a call that was given up throws its abort reason. */
  async call<Body>(call: ApiCall): Promise<Body> {
    const { method = 'GET', body, version, signal } = call;
    const reply = await this.#send(call, {
      method,
      headers: {
        accept: 'application/json',
        ...(method === 'GET' ? {} : CSRF_HEADER),
        ...(this.#isPersonThere() ? {} : UNATTENDED_HEADER),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
        ...call.headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal === undefined ? [] : [signal])]),
      redirect: 'error',
      cache: 'no-store',
    });
    const text = await reply.text();
    if (!reply.ok) {
      const problem = problemOf(reply, text);
      if (problem.status === 401) this.#onSignedOut();
      throw problem;
    }
    // An answer of the same service, whose schema the type was derived from.
    return (text === '' ? undefined : JSON.parse(text)) as Body;
  }

  async #send({ path, signal }: ApiCall, init: RequestInit): Promise<Response> {
    try {
      return await fetch(path, init);
    } catch (error) {
      signal?.throwIfAborted();
      throw problemWithoutDocument(0, error);
    }
  }
}

function problemOf(reply: Response, text: string): ApiProblem {
  if (!(reply.headers.get('content-type') ?? '').startsWith('application/problem+json')) {
    return problemWithoutDocument(reply.status);
  }
  return new ApiProblem(JSON.parse(text) as ProblemDocument);
}
