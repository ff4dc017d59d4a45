import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RouteParts } from '../api-parts.ts';
import { Problem } from '../problem.ts';
import { auditOf } from '../request-context.ts';
import { problemResponses } from '../schemas/problem-schema.ts';
import { signInWaysSchema } from '../schemas/session-schema.ts';
import { OIDC_CALLBACK_PATH, type OidcAnswer, type OidcFlow } from '../sign-in/oidc/oidc-flow.ts';
import { outsideOrigin } from '../sign-in/outside-origin.ts';
import { sessionTokenOf } from '../sign-in/session-cookie.ts';
import { ownerOf, setSession } from './session-routes.ts';

const START_PATH = '/v1/session/oidc/start';
/** A page of the console, which says what the code means. */
const PROBLEM_PATH = '/?sign_in_problem=';
/** Problems that end a sign-in; any other is ours and answered as such. */
const SIGN_IN_PROBLEMS = new Set([
  'sign_in_refused',
  'no_access',
  'sign_in_unavailable',
  'too_many_sign_ins',
]);

const word = { type: 'string', maxLength: 4_000 } as const;
const seeOther = (description: string): object => ({
  303: { type: 'null', description },
  ...problemResponses,
});

/** Signing in with the company's identity provider. */
export function oidcRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { publicUrl } = parts.signIn;

  app.get(
    '/v1/session/ways',
    {
      config: { open: true },
      schema: {
        summary: 'In which ways people can sign in here',
        tags: ['sign-in'],
        response: {
          200: {
            description: 'With a key always; by an identity provider where one is set up',
            ...signInWaysSchema,
          },
          ...problemResponses,
        },
      },
    },
    () => ({ api_key: true, oidc: parts.oidc === undefined ? null : START_PATH }),
  );

  app.get<{ Querystring: { readonly return_to?: string } }>(
    START_PATH,
    {
      config: { open: true },
      schema: {
        summary: 'Send the browser to the identity provider',
        tags: ['sign-in'],
        querystring: { type: 'object', properties: { return_to: word }, additionalProperties: false },
        response: seeOther('To the provider'),
      },
    },
    async (request, reply) => {
      const outside = outsideOrigin(publicUrl, request.headers.host);
      const { location, cookie } = await flowOf(parts).leave(outside, request.query.return_to);
      return away(reply, location).header('set-cookie', cookie).send();
    },
  );

  app.get<{ Querystring: OidcAnswer }>(
    OIDC_CALLBACK_PATH,
    {
      config: { open: true, audit: 'session.started' },
      schema: {
        summary: 'Where the identity provider sends the browser back to',
        tags: ['sign-in'],
        querystring: {
          type: 'object',
          properties: { code: word, state: word, iss: word, error: word },
          additionalProperties: true,
        },
        response: seeOther('To the console, signed in or with a problem'),
      },
    },
    async (request, reply) => {
      const flow = flowOf(parts);
      const outside = outsideOrigin(publicUrl, request.headers.host);
      try {
        await signIn(parts, flow, request, reply);
      } catch (error) {
        if (!(error instanceof Problem) || !SIGN_IN_PROBLEMS.has(error.code)) throw error;
        parts.metrics.problem(error.code);
        request.log.warn({ code: error.code, remote_address: request.ip }, 'a sign-in failed');
        if (error.code === 'sign_in_refused') parts.signInLimit.failed(request.ip, parts.clock.nowMs());
        void away(reply, `${PROBLEM_PATH}${error.code}`).header('set-cookie', flow.forget(outside));
      }
      return reply.send();
    },
  );
}

async function signIn(
  parts: RouteParts,
  flow: OidcFlow,
  request: FastifyRequest<{ Querystring: OidcAnswer }>,
  reply: FastifyReply,
): Promise<void> {
  const nowMs = parts.clock.nowMs();
  parts.signInLimit.check(request.ip, nowMs);
  const outside = outsideOrigin(parts.signIn.publicUrl, request.headers.host);
  const { person, returnTo } = await flow.comeBack(outside, request.headers.cookie, request.query);
  request.principal = person;
  const audit = auditOf(parts, request, {
    action: 'session.started',
    subjectId: person.actor,
    workspaceId: person.workspaceId,
    after: { name: person.name, scopes: person.scopes },
  });
  // The ID token only says who came; how long they stay is the session's own time.
  const { token, session } = await parts.sessions.begin(ownerOf(person), audit, nowMs, {
    replaces: sessionTokenOf(request.headers.cookie, outside.secure),
  });
  void away(reply, returnTo).header('set-cookie', flow.forget(outside));
  setSession(reply, token, session, outside.secure, nowMs);
}

function away(reply: FastifyReply, location: string): FastifyReply {
  return reply
    .code(303)
    .header('location', location)
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer');
}

function flowOf({ oidc }: RouteParts): OidcFlow {
  if (oidc === undefined) {
    throw new Problem('not_found', 'Signing in by an identity provider is not set up here.');
  }
  return oidc;
}
