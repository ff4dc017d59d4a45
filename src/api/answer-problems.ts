import { ANSWER_HEADERS } from './answer-headers.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiMetrics } from './api-metrics.ts';
import { Problem, PROBLEM_MEDIA_TYPE } from './problem.ts';
import type { ProblemCode } from './problem-catalogue.ts';
import { problemOfError } from './problem-of-error.ts';

/** After these the rest of the body is not read, or cannot be told from a next request: the connection is not used again. */
const CLOSING: ReadonlySet<ProblemCode> = new Set([
  'bad_request',
  'request_timeout',
  'body_too_large',
  'too_many_items',
]);

/** For what fails before a route is found, such as a path that is too long. */
export function answerFrameworkError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOfError(error);
  void reply
    .code(problem.status)
    .headers(ANSWER_HEADERS)
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problem.toDocument(request.id)));
}

/** A page for a person at an address that nothing has; undefined for whoever is no person before a browser. */
export type LostVisitorAnswer = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined;

/** Makes every error of the API a problem document. What is not ours to blame on the caller is logged with its cause. */
export function answerProblems(
  app: FastifyInstance,
  metrics: ApiMetrics,
  answerLostVisitor: LostVisitorAnswer,
): void {
  app.setErrorHandler((error, request, reply) => answer(request, reply, problemOfError(error), metrics));
  app.setNotFoundHandler((request, reply) => {
    const problem = new Problem('route_not_found', 'There is no route with this method and path.');
    const page = answerLostVisitor(request, reply);
    if (page === undefined) return answer(request, reply, problem, metrics);
    metrics.problem(problem.code);
    return page;
  });
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  metrics: ApiMetrics,
): FastifyReply {
  metrics.problem(problem.code);
  if (problem.status >= 500) {
    request.log.error({ code: problem.code, err: problem.options.cause ?? problem }, 'a request failed');
  }
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="aegis-siem"');
  if (CLOSING.has(problem.code)) void reply.header('connection', 'close');
  const { retryAfterSeconds } = problem.options;
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
  return reply
    .code(problem.status)
    .type(PROBLEM_MEDIA_TYPE)
    .serializer((document: unknown) => JSON.stringify(document))
    .send(problem.toDocument(request.id));
}
