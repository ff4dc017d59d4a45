import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Session } from '../../store/session-store.ts';
import type { RouteParts } from '../api-parts.ts';
import { authenticateKey } from '../authenticate.ts';
import type { Principal } from '../principal.ts';
import { Problem } from '../problem.ts';
import { auditOf, principalOf } from '../request-context.ts';
import { problemResponses } from '../schemas/problem-schema.ts';
import { outsideOrigin } from '../sign-in/outside-origin.ts';
import { requireSameOrigin } from '../sign-in/same-origin.ts';
import { endedSessionCookie, sessionCookie, sessionTokenOf } from '../sign-in/session-cookie.ts';
import { timeOrNull, timeText } from '../time-text.ts';

const PATH = '/v1/session';
const whoAmI = { description: 'Who is signed in, and what they may do', $ref: 'WhoAmI#' } as const;

/** Browser sessions: begun with an API key, looked at, ended. */
export function sessionRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { publicUrl } = parts.signIn;

  app.post<{ Body: { readonly api_key: string } }>(
    PATH,
    {
      config: { open: true, audit: 'session.started' },
      schema: {
        summary: 'Sign a browser in with an API key; the session is in a cookie that scripts cannot read',
        description:
          'For the console. Needs the header `x-aegis-csrf: 1`, as every change does that rides on the cookie. Programs send their key with each request instead.',
        tags: ['sign-in'],
        security: [],
        body: { $ref: 'NewSession#' },
        response: { 201: whoAmI, ...problemResponses },
      },
    },
    async (request, reply) => {
      const outside = outsideOrigin(publicUrl, request.headers.host);
      requireSameOrigin(request.method, request.headers, outside.origin);
      const nowMs = parts.clock.nowMs();
      const principal = await signInWithKey(parts, request, nowMs);
      request.principal = principal;
      const audit = auditOf(parts, request, {
        action: 'session.started',
        subjectId: principal.actor,
        workspaceId: principal.workspaceId,
      });
      const { token, session } = await parts.sessions.begin(ownerOf(principal), audit, nowMs, {
        replaces: sessionTokenOf(request.headers.cookie, outside.secure),
        until: principal.expiresAtMs,
      });
      void reply.code(201).header('cache-control', 'no-store');
      setSession(reply, token, session, outside.secure, nowMs);
      return whoAmIView({ ...principal, session });
    },
  );

  app.get(
    PATH,
    {
      config: { signedIn: true },
      schema: {
        summary: 'Show who makes the request, what they may do, and until when',
        tags: ['sign-in'],
        response: { 200: whoAmI, ...problemResponses },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      return whoAmIView(principalOf(request));
    },
  );

  app.delete(
    PATH,
    {
      config: { signedIn: true, audit: 'session.ended' },
      schema: {
        summary: 'Sign out: end the session and take its cookie away',
        tags: ['sign-in'],
        response: { 204: { type: 'null', description: 'Signed out' }, ...problemResponses },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      if (principal.session === undefined) {
        throw new Problem('no_session', 'The request carries an API key and no session.');
      }
      const audit = auditOf(parts, request, {
        action: 'session.ended',
        subjectId: principal.actor,
        workspaceId: principal.workspaceId,
      });
      await parts.sessions.end(principal.session, audit);
      return forgetSession(reply.code(204), outsideOrigin(publicUrl, request.headers.host).secure).send();
    },
  );
}

/** Gives the browser its cookie, which lives no longer than the session. */
export function setSession(
  reply: FastifyReply,
  token: string,
  session: Session,
  secure: boolean,
  nowMs: number,
): void {
  const maxAgeSeconds = Math.max(1, Math.floor((session.expiresAtMs - nowMs) / 1_000));
  void reply.header('set-cookie', sessionCookie(token, secure, maxAgeSeconds));
}

/** Has the browser forget its cookie and what it kept of our pages. */
export function forgetSession(reply: FastifyReply, secure: boolean): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('clear-site-data', '"cache", "storage"')
    .header('set-cookie', endedSessionCookie(secure));
}

async function signInWithKey(
  parts: RouteParts,
  request: FastifyRequest<{ Body: { readonly api_key: string } }>,
  nowMs: number,
): Promise<Principal> {
  try {
    return await authenticateKey(request.body.api_key, parts.store.admin, nowMs);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'unauthenticated') throw error;
    // Only what fails is limited: behind a proxy all people have one address, and a right key cannot be a guess.
    parts.signInLimit.check(request.ip, nowMs);
    parts.signInLimit.failed(request.ip, nowMs);
    request.log.warn({ remote_address: request.ip }, 'a sign-in failed');
    throw new Problem('unauthenticated', 'This is not a valid API key.');
  }
}

/** Who a session is for, out of the principal that signed in. */
export function ownerOf({ actor, name, scopes, apiKeyId, workspaceId }: Principal) {
  return {
    actor,
    name,
    scopes,
    ...(apiKeyId === undefined ? {} : { apiKeyId }),
    ...(workspaceId === undefined ? {} : { workspaceId }),
  };
}

function whoAmIView({ actor, name, apiKeyId, workspaceId, scopes, expiresAtMs, session }: Principal): object {
  return {
    kind: session !== undefined ? 'session' : apiKeyId === undefined ? 'token' : 'api_key',
    actor,
    name,
    workspace_id: workspaceId ?? null,
    scopes,
    expires_at: timeOrNull(session?.expiresAtMs ?? expiresAtMs),
    idle_until: session === undefined ? null : timeText(session.idleUntilMs),
  };
}
