import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Session, SessionChoice } from '../../store/session-store.ts';
import type { RouteParts } from '../api-parts.ts';
import { pageAnswer, pageQuery, type PageParameters } from '../page.ts';
import { scopeOf } from '../principal.ts';
import { Problem } from '../problem.ts';
import { auditOf, principalOf } from '../request-context.ts';
import { pageSchema, querySchema } from '../schemas/page-schema.ts';
import { problemResponses } from '../schemas/problem-schema.ts';
import { actorQuerySchema, endedSessionsSchema } from '../schemas/session-schema.ts';
import { outsideOrigin } from '../sign-in/outside-origin.ts';
import { timeText } from '../time-text.ts';
import { forgetSession } from './session-routes.ts';

/** How the audit trail names all people and keys together. */
const EVERYONE = 'everyone';

interface WhoseSessions {
  readonly actor?: string;
  readonly everyone?: 'true';
}

/** Who is signed in: one's own sessions, and for administrators those of others. */
export function signedInRoutes(app: FastifyInstance, parts: RouteParts): void {
  const listed = async (request: FastifyRequest, choice: SessionChoice, page: PageParameters) => {
    const { session } = principalOf(request);
    return pageAnswer(await parts.sessions.list(choice, parts.clock.nowMs(), pageQuery(page)), (one) =>
      sessionView(one, one.sessionSha256 === session?.sessionSha256),
    );
  };

  app.get<{ Querystring: PageParameters }>(
    '/v1/session/all',
    {
      config: { signedIn: true },
      schema: {
        summary: 'List the sessions of whoever makes the request',
        tags: ['sign-in'],
        querystring: querySchema(),
        response: { 200: pageSchema({ $ref: 'Session#' }), ...problemResponses },
      },
    },
    async (request) => listed(request, { actor: principalOf(request).actor }, request.query),
  );

  app.delete(
    '/v1/session/all',
    {
      config: { signedIn: true, audit: 'session.ended' },
      schema: {
        summary: 'Sign out everywhere: end all sessions of whoever makes the request, this one too',
        tags: ['sign-in'],
        response: { 200: endedSessionsSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { actor, workspaceId, session } = principalOf(request);
      const ended = await parts.sessions.endAll({ actor }, (count) =>
        auditOf(parts, request, {
          action: 'session.ended',
          subjectId: actor,
          workspaceId,
          after: { ended: count },
        }),
      );
      if (session !== undefined)
        forgetSession(reply, outsideOrigin(parts.signIn.publicUrl, request.headers.host).secure);
      return { ended };
    },
  );

  app.get<{ Querystring: PageParameters & { readonly actor?: string } }>(
    '/v1/sessions',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'List who is signed in with a browser, oldest session first',
        tags: ['administration'],
        querystring: querySchema({ actor: actorQuerySchema }),
        response: { 200: pageSchema({ $ref: 'Session#' }), ...problemResponses },
      },
    },
    async (request) => {
      const { actor, ...page } = request.query;
      return listed(request, { ...scopeOf(principalOf(request)), ...ofActor(actor) }, page);
    },
  );

  app.delete<{ Querystring: WhoseSessions }>(
    '/v1/sessions',
    {
      config: { scope: 'admin', audit: 'session.revoked' },
      schema: {
        summary: 'End the sessions of a person or key, or of everyone, from the next request on',
        description:
          'Name one of `actor` and `everyone=true`. An administrator who is bound to a workspace ends those of that workspace. Whoever may still sign in can do so again: take the grant at the identity provider, or revoke the key, first.',
        tags: ['administration'],
        querystring: {
          type: 'object',
          properties: {
            actor: actorQuerySchema,
            everyone: { type: 'string', enum: ['true'], description: 'All sessions, your own too' },
          },
          additionalProperties: false,
        },
        response: { 200: endedSessionsSchema, ...problemResponses },
      },
    },
    async (request) => {
      const { actor, everyone } = request.query;
      if ((actor === undefined) === (everyone === undefined))
        throw new Problem('bad_parameter', 'Name one of actor and everyone=true: whose sessions end.');
      const scope = scopeOf(principalOf(request));
      const ended = await parts.sessions.endAll({ ...scope, ...ofActor(actor) }, (count) =>
        auditOf(parts, request, {
          action: 'session.revoked',
          subjectId: actor ?? EVERYONE,
          workspaceId: scope.workspaceId,
          after: { ended: count },
        }),
      );
      return { ended };
    },
  );
}

function ofActor(actor: string | undefined): SessionChoice {
  return actor === undefined ? {} : { actor };
}

function sessionView(session: Session, isThisOne: boolean): object {
  return {
    actor: session.actor,
    name: session.name,
    workspace_id: session.workspaceId ?? null,
    scopes: session.scopes,
    started_at: timeText(session.createdAtMs),
    idle_until: timeText(session.idleUntilMs),
    expires_at: timeText(session.expiresAtMs),
    is_this_one: isThisOne,
  };
}
