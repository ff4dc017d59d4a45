import { ApiProblem, strangeAnswer, unreachable } from './api-problem.ts';
import type { ProblemDocument } from './api-types.ts';
import { UNATTENDED_HEADER } from './person-at-work.ts';
import type { ServiceReach } from './service-reach.ts';

/** The service takes a cookie for a change only together with this header, which no other site can send. */
const CSRF_HEADER = { 'x-aegis-csrf': '1' } as const;
/** A test of a connection takes up to half a minute; nothing else comes near. */
const TIMEOUT_MS = 45_000;
const PROBLEM_TYPE = 'application/problem+json';

export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Row version of what is changed, so that the changes of others are not overwritten. */
  readonly version?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What the client is told and tells. */
export interface ApiClientParts {
  readonly onSignedOut: () => void;
  /** What is asked while nobody is there does not count as use of the session. */
  readonly isPersonThere: () => boolean;
  readonly reach: Pick<ServiceReach, 'answered' | 'lost'>;
}

/** Calls the API of the same origin. Sign-in is a cookie that this code cannot read. */
export class ApiClient {
  readonly #parts: ApiClientParts;

  constructor(parts: ApiClientParts) {
    this.#parts = parts;
  }

  /** The body of the answer. Throws `ApiProblem`; a call that was given up throws its abort reason. */
  async call<Body>(call: ApiCall): Promise<Body> {
    const { method = 'GET', body, version, signal } = call;
    const reply = await this.#send(call, {
      method,
      headers: {
        accept: 'application/json',
        ...(method === 'GET' ? {} : CSRF_HEADER),
        ...(this.#parts.isPersonThere() ? {} : UNATTENDED_HEADER),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
        ...call.headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal === undefined ? [] : [signal])]),
      redirect: 'error',
      cache: 'no-store',
    });
    const { status, text } = reply;
    if (!reply.ok) {
      const problem = refusalOf(reply);
      if (status === 401) this.#parts.onSignedOut();
      throw problem;
    }
    // An answer of the same service, whose schema the type was derived from.
    return (text === '' ? undefined : jsonOf(reply)) as Body;
  }

  async #send({ path, signal }: ApiCall, init: RequestInit): Promise<WholeReply> {
    const { reach } = this.#parts;
    try {
      const reply = await fetch(path, init);
      const type = reply.headers.get('content-type') ?? '';
      const whole = { ok: reply.ok, status: reply.status, type, text: await reply.text() };
      if (isOfGateway(whole)) throw new Error(`a proxy answered with ${whole.status}`);
      reach.answered();
      return whole;
    } catch (error) {
      signal?.throwIfAborted();
      reach.lost();
      throw unreachable(error);
    }
  }
}

/** What a proxy says in place of a service that does not answer it. The service itself says why, in a problem document. */
const GATEWAY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

function isOfGateway({ status, type }: Pick<WholeReply, 'status' | 'type'>): boolean {
  return GATEWAY_STATUSES.has(status) && !type.startsWith(PROBLEM_TYPE);
}

/** An answer to its last byte. */
interface WholeReply {
  readonly ok: boolean;
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function refusalOf(reply: WholeReply): ApiProblem {
  if (!reply.type.startsWith(PROBLEM_TYPE)) return strangeAnswer(reply.status);
  return new ApiProblem(jsonOf(reply) as ProblemDocument);
}

function jsonOf({ status, text }: WholeReply): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw strangeAnswer(status, error);
  }
}
