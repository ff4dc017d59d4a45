import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Replay } from '../../outbox/replay.ts';
import type { ReplayChange } from '../../store/replay-admin-store.ts';
import type { RouteParts } from '../api-parts.ts';
import { pageAnswer, pageQuery, type PageParameters } from '../page.ts';
import { scopeOf } from '../principal.ts';
import { Problem } from '../problem.ts';
import { type ReplayBody, replayRequestOf } from '../replay-request.ts';
import { replayEffectView, replayView } from '../replay-view.ts';
import { auditOf, principalOf } from '../request-context.ts';
import { pageSchema, querySchema } from '../schemas/page-schema.ts';
import { problemResponses } from '../schemas/problem-schema.ts';
import { isUuid } from '../uuid-text.ts';

const PATH = '/v1/siem/replays';

/** An action needs no body; an empty object is what many clients send anyway. */
const noBody = { type: ['object', 'null'], additionalProperties: false } as const;

type ById = { Params: { id: string } };

const ACTIONS: readonly {
  readonly change: ReplayChange;
  readonly action: string;
  readonly summary: string;
}[] = [
  {
    change: 'pause',
    action: 'replay.paused',
    summary: 'Pause a replay; the batch on its way is still delivered',
  },
  { change: 'resume', action: 'replay.resumed', summary: 'Go on with a paused replay' },
  {
    change: 'cancel',
    action: 'replay.cancelled',
    summary: 'End a replay; the batch on its way is still delivered',
  },
];

/** Records sent again on a person's word: what that would do, and the job that does it. */
export function replayRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { admin, replays } = parts.store;
  const view = (replay: Replay): object => replayView(replay, parts.clock.nowMs());

  app.post<{ Body: ReplayBody }>(
    PATH,
    {
      config: { scope: 'deliveries:replay', audit: 'replay.started' },
      schema: {
        summary: 'Send records again, under new numbers and marked as replayed',
        description:
          'Says its effect first; `dry_run` stops there. Runs in the background, one batch at a time: live events keep their pace.',
        tags: ['deliveries'],
        body: { $ref: 'NewReplay#' },
        response: {
          200: { description: 'What it would do', $ref: 'ReplayAnswer#' },
          201: { description: 'It has begun', $ref: 'ReplayAnswer#' },
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const asked = replayRequestOf(body);
      const destination = isUuid(body.destination_id)
        ? await admin.readDestination(body.destination_id, scopeOf(principalOf(request)))
        : undefined;
      if (destination === undefined) throw noDestination();
      const plan = await replays.planReplay(destination, asked);
      const effect = replayEffectView(plan, body.rate_per_second);
      if (body.dry_run === true) return { dry_run: true, effect, replay: null };
      if (destination.state === 'disabled') {
        throw new Problem(
          'destination_disabled',
          'A disabled destination gets nothing, and no replay either.',
          {
            pointer: '/destination_id',
          },
        );
      }
      const replayId = parts.random.uuid();
      const audit = auditOf(parts, request, {
        action: 'replay.started',
        subjectId: replayId,
        workspaceId: destination.workspaceId,
        after: { ...body, effect },
      });
      const result = await replays.createReplay(
        {
          replayId,
          destinationId: destination.destinationId,
          plan,
          requestedBy: principalOf(request).actor,
          ...(body.rate_per_second === undefined ? {} : { ratePerSecond: body.rate_per_second }),
          ...(body.reason === undefined ? {} : { reason: body.reason }),
        },
        audit,
      );
      switch (result.status) {
        case 'created':
          return reply
            .code(201)
            .header('location', `${PATH}/${replayId}`)
            .send({ dry_run: false, effect, replay: view(result.replay) });
        case 'not_found':
          throw noDestination();
        case 'another':
          throw new Problem(
            'replay_running',
            `The replay ${result.replayId} of this destination has not ended.`,
            {
              extra: { replay_id: result.replayId },
            },
          );
        default:
          return result satisfies never;
      }
    },
  );

  app.get<{ Querystring: PageParameters & { destination?: string } }>(
    PATH,
    {
      config: { scope: 'deliveries:read' },
      schema: {
        summary: 'List replays and backfills, newest first',
        tags: ['deliveries'],
        querystring: querySchema({
          destination: { type: 'string', minLength: 1, maxLength: 200, description: 'destination_id' },
        }),
        response: { 200: pageSchema({ $ref: 'Replay#' }), ...problemResponses },
      },
    },
    async (request) => {
      const { destination } = request.query;
      const filter = {
        ...scopeOf(principalOf(request)),
        ...(destination === undefined ? {} : { destinationId: destination }),
      };
      return pageAnswer(await replays.listReplays(filter, pageQuery(request.query)), view);
    },
  );

  app.get<ById>(
    `${PATH}/:id`,
    {
      config: { scope: 'deliveries:read' },
      schema: {
        summary: 'Show how far a replay is',
        tags: ['deliveries'],
        response: { 200: { description: 'The replay', $ref: 'Replay#' }, ...problemResponses },
      },
    },
    async (request) => {
      const found = await replays.readReplay(idOf(request), scopeOf(principalOf(request)));
      if (found === undefined) throw noReplay();
      return view(found);
    },
  );

  for (const { change, action, summary } of ACTIONS) {
    app.post<ById>(
      `${PATH}/:id/${change}`,
      {
        config: { scope: 'deliveries:replay', audit: action },
        schema: {
          summary,
          tags: ['deliveries'],
          body: noBody,
          response: { 200: { description: 'The replay', $ref: 'Replay#' }, ...problemResponses },
        },
      },
      async (request) => {
        const scope = scopeOf(principalOf(request));
        const replayId = idOf(request);
        const current = await replays.readReplay(replayId, scope);
        if (current === undefined) throw noReplay();
        const audit = auditOf(parts, request, {
          action,
          subjectId: replayId,
          workspaceId: current.workspaceId,
          before: { status: current.status },
          after: { change },
        });
        const result = await replays.changeReplay(replayId, scope, change, audit);
        switch (result.status) {
          case 'changed':
          case 'unchanged':
            return view(result.replay);
          case 'not_found':
            throw noReplay();
          case 'ended':
            throw new Problem(
              'replay_ended',
              `The replay is ${result.replay.status}; there is nothing to ${change}.`,
              {
                extra: { status_of_replay: result.replay.status },
              },
            );
          default:
            return result satisfies never;
        }
      },
    );
  }
}

/** A text that is no id of ours names nothing, and need not be asked of the store. */
function idOf(request: FastifyRequest<ById>): string {
  const { id } = request.params;
  if (!isUuid(id)) throw noReplay();
  return id;
}

function noReplay(): Problem {
  return new Problem('not_found', 'There is no replay with this id.');
}

function noDestination(): Problem {
  return new Problem('not_found', 'There is no destination with this id.', { pointer: '/destination_id' });
}
