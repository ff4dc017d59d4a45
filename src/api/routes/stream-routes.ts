import { isDeepStrictEqual } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RouteParts } from '../api-parts.ts';
import { identify } from '../identify.ts';
import { OpenStream } from '../open-stream.ts';
import { OverviewFeed } from '../overview-feed.ts';
import { hasScope, type Principal, scopeOf } from '../principal.ts';
import { Problem } from '../problem.ts';
import { principalOf } from '../request-context.ts';
import { readerOf } from '../reader.ts';
import { problemResponses } from '../schemas/problem-schema.ts';

/** Open streams of all callers, and of one. A browser has one for each tab that is looked at. */
export const MAX_STREAMS = 200;
export const MAX_STREAMS_OF_ACTOR = 10;
/** A sign of life, and the moment at which the right to listen is looked at again. */
const HEARTBEAT_MS = 15_000;
const SCOPE = 'destinations:read';

/** What changes in the overview, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export function streamRoutes(app: FastifyInstance, parts: RouteParts): void {
  const streams = new Set<OpenStream>();
  const feeds = new Map<string, OverviewFeed>();
  // Before the server waits for its connections to end: these would never end by themselves.
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.end();
  });

  app.get(
    '/v1/siem/stream',
    {
      config: { scope: SCOPE, unattended: true },
      schema: {
        summary: 'Follow the overview as server-sent events',
        description:
          'First `overview` (as GET /v1/siem/overview), then what changes: `destination`, `summary`, `removed`. Each has an id; a reader that comes back with `Last-Event-ID` gets what it missed. Ends when the session or key does.',
        tags: ['destinations'],
        response: {
          200: {
            description: 'Events, until either side ends it',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      requireRoom(streams, principal);
      const stream = new OpenStream(principal.actor);
      streams.add(stream);
      try {
        const reader = readerOf(principal);
        // Listeners share a feed only where they may see the same.
        const key = `${reader.payloads ? 'all' : 'no payloads'} ${principal.workspaceId ?? ''}`;
        const feed =
          feeds.get(key) ?? new OverviewFeed(parts, scopeOf(principal), reader, () => void feeds.delete(key));
        feeds.set(key, feed);
        const leave = await feed.join(
          { onMessage: (message) => stream.send(message), onError: () => stream.end() },
          lastIdOf(request),
        );
        reply.hijack();
        const heartbeat = setInterval(() => void beat(parts, request, principal, stream), HEARTBEAT_MS);
        stream.begin(reply.raw, reply.getHeaders(), () => {
          clearInterval(heartbeat);
          leave();
          streams.delete(stream);
        });
      } catch (error) {
        streams.delete(stream);
        throw error;
      }
    },
  );
}

function requireRoom(streams: ReadonlySet<OpenStream>, { actor }: Principal): void {
  const own = [...streams].filter((stream) => stream.actor === actor).length;
  if (streams.size < MAX_STREAMS && own < MAX_STREAMS_OF_ACTOR) return;
  throw new Problem('overloaded', 'Too many streams are open; close one, or ask from time to time instead.', {
    retryAfterSeconds: Math.ceil(HEARTBEAT_MS / 1_000),
  });
}

/** Whoever may not listen any more (signed out, key revoked or expired, scope or workspace changed) is let go. */
async function beat(
  parts: RouteParts,
  request: FastifyRequest,
  before: Principal,
  stream: OpenStream,
): Promise<void> {
  try {
    const now = await identify(parts, request, parts.clock.nowMs(), true);
    const sameView =
      now.workspaceId === before.workspaceId && isDeepStrictEqual(readerOf(now), readerOf(before));
    if (!hasScope(now, SCOPE) || !sameView) stream.end();
    else stream.live();
  } catch (error) {
    if (!(error instanceof Problem))
      request.log.warn({ err: error }, 'a stream ends: who listens cannot be asked');
    stream.end();
  }
}

/** Set by browsers when they come back. */
function lastIdOf(request: FastifyRequest): string | undefined {
  const id = request.headers['last-event-id'];
  return typeof id === 'string' && id.length <= 100 ? id : undefined;
}
