import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Destination } from '../../outbox/destination.ts';
import { limitsOf } from '../backlog-limits-view.ts';
import type { Backfill } from '../../store/admin-store.ts';
import type { RouteParts } from '../api-parts.ts';
import {
  ALL_SOURCES,
  batchOf,
  type NewDestinationBody,
  ocsfOf,
  type SettingsBody,
} from '../destination-body.ts';
import { confirmationNeeded, confirmedAtMs } from '../confirmation.ts';
import { DestinationChecks } from '../destination-checks.ts';
import { readCredentials, sealCredentials } from '../destination-credentials.ts';
import type { DestinationKinds } from '../destination-kind.ts';
import { destinationPatch } from '../destination-patch.ts';
import { withExpiry } from '../next-credentials-patch.ts';
import { destinationView, entityTag, settingsView } from '../destination-view.ts';
import { findDestination } from '../find-destination.ts';
import { expectedVersion, staleVersion } from '../if-match.ts';
import { pageAnswer, pageQuery, type PageParameters } from '../page.ts';
import { mayUseWorkspace, requireScope, scopeOf } from '../principal.ts';
import { Problem } from '../problem.ts';
import { needRedactionKey } from '../redaction-view.ts';
import { timeOf } from '../replay-request.ts';
import { readerOf } from '../reader.ts';
import { auditOf, principalOf } from '../request-context.ts';
import { confirmSchema } from '../schemas/confirm-schema.ts';
import { pageSchema, querySchema } from '../schemas/page-schema.ts';
import { problemResponses } from '../schemas/problem-schema.ts';
import { linesOfText } from '../schemas/plain-text-schema.ts';

const PATH = '/v1/siem/destinations';
const destinationAnswer = {
  description: 'The destination; its version is the ETag',
  $ref: 'Destination#',
} as const;

interface DeleteQuery {
  readonly open?: 'skip';
  readonly reason?: string;
  readonly confirm?: string;
}

/** SIEM destinations: made, listed, changed, deleted. */
export function destinationRoutes(app: FastifyInstance, parts: RouteParts, kinds: DestinationKinds): void {
  const { admin } = parts.store;
  const checks = new DestinationChecks(parts, kinds);
  const view = (request: FastifyRequest, destination: Destination): object =>
    destinationView(destination, readerOf(principalOf(request)), kinds[destination.type].notice);
  const answer = (reply: FastifyReply, destination: Destination): FastifyReply =>
    reply.header('etag', entityTag(destination.rowVersion)).send(view(reply.request, destination));

  app.post<{ Body: NewDestinationBody }>(
    PATH,
    {
      config: { scope: 'destinations:write', audit: 'destination.created' },
      schema: {
        summary: 'Make a destination',
        tags: ['destinations'],
        body: { $ref: 'NewDestination#' },
        response: { 201: destinationAnswer, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const principal = principalOf(request);
      if (!mayUseWorkspace(principal, body.workspace_id)) {
        throw new Problem('workspace_forbidden', 'The API key belongs to another workspace.', {
          pointer: '/workspace_id',
        });
      }
      if (body.credentials !== undefined) requireScope(principal, 'credentials:write');
      const backfill = backfillOf(parts, request, body);
      const ocsf = ocsfOf(body);
      const change = readCredentials(body.credentials, {});
      checks.check(request, body.type, body.config, change.given);
      checks.certificates(body.config);
      needRedactionKey(ocsf, change.given);
      const destinationId = parts.random.uuid();
      const owner = { workspaceId: body.workspace_id, destinationId };
      const draft = {
        ...owner,
        ...sealCredentials(parts, owner, { sealed: {}, fingerprints: {} }, change, false),
        credentialNotes: withExpiry({}, body, false),
        name: body.name,
        type: body.type,
        state: body.enabled === false ? ('disabled' as const) : ('active' as const),
        config: body.config,
        ocsf,
        batch: batchOf(body),
        limits: limitsOf(body.limits ?? {}),
        sources: body.sources ?? ALL_SOURCES,
      };
      const audit = auditOf(parts, request, {
        action: 'destination.created',
        subjectId: destinationId,
        workspaceId: body.workspace_id,
        after: {
          ...settingsView(draft),
          ...(body.backfill_from === undefined ? {} : { backfill_from: body.backfill_from }),
        },
      });
      const made = await admin.createDestination(draft, audit, backfill);
      parts.wake();
      return answer(reply.code(201).header('location', `${PATH}/${destinationId}`), made);
    },
  );

  app.get<{ Querystring: PageParameters }>(
    PATH,
    {
      config: { scope: 'destinations:read' },
      schema: {
        summary: 'List destinations',
        tags: ['destinations'],
        querystring: querySchema(),
        response: { 200: pageSchema({ $ref: 'Destination#' }), ...problemResponses },
      },
    },
    async (request) =>
      pageAnswer(
        await admin.listDestinations(scopeOf(principalOf(request)), pageQuery(request.query)),
        (destination) => view(request, destination),
      ),
  );

  app.get<{ Params: { id: string } }>(
    `${PATH}/:id`,
    {
      config: { scope: 'destinations:read' },
      schema: {
        summary: 'Show a destination',
        tags: ['destinations'],
        response: { 200: destinationAnswer, ...problemResponses },
      },
    },
    async (request, reply) => answer(reply, await findDestination(parts, request)),
  );

  app.patch<{ Params: { id: string }; Body: SettingsBody }>(
    `${PATH}/:id`,
    {
      config: { scope: 'destinations:write', audit: 'destination.changed' },
      schema: {
        summary: 'Change a destination; `If-Match` guards against the changes of others',
        tags: ['destinations'],
        body: { $ref: 'DestinationPatch#' },
        response: { 200: destinationAnswer, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { body } = request;
      if (body.credentials !== undefined || body.next_credentials !== undefined) {
        requireScope(principalOf(request), 'credentials:write');
      }
      const current = await findDestination(parts, request);
      const expected = expectedVersion(request.headers['if-match']);
      if (expected !== undefined && expected !== current.rowVersion) {
        throw staleVersion(expected, current.rowVersion);
      }
      refuseMoved(body, current);
      const patch = destinationPatch({ ...parts, checks, kinds }, request, current, body);
      const audit = auditOf(parts, request, {
        action: 'destination.changed',
        subjectId: current.destinationId,
        workspaceId: current.workspaceId,
        before: settingsView(current),
        after: settingsView({ ...current, ...patch }),
      });
      // The patch was made from this version: a change in between would be overwritten without the version check.
      const result = await admin.updateDestination(current.destinationId, current.rowVersion, patch, audit);
      switch (result.status) {
        case 'updated':
          parts.wake();
          return answer(reply, result.destination);
        case 'stale':
          throw staleVersion(current.rowVersion, result.current.rowVersion);
        case 'not_found':
          throw new Problem('not_found', 'There is no destination with this id.');
        default:
          return result satisfies never;
      }
    },
  );

  app.delete<{ Params: { id: string }; Querystring: DeleteQuery }>(
    `${PATH}/:id`,
    {
      config: { scope: 'destinations:write', audit: 'destination.deleted' },
      schema: {
        summary: 'Delete a destination and wipe its credentials; refused while events wait for it',
        description:
          'With `open=skip` and a reason what waits is skipped: the first answer says how much that is and gives a `confirm` for the second.',
        tags: ['destinations'],
        querystring: {
          type: 'object',
          properties: {
            open: { type: 'string', enum: ['skip'], description: 'Skip what waits; needs `reason`' },
            reason: linesOfText(1_000),
            confirm: { ...confirmSchema, description: 'From the answer `confirmation_needed`' },
          },
          additionalProperties: false,
        },
        response: { 204: { type: 'null', description: 'Deleted' }, ...problemResponses },
      },
    },
    async (request, reply) => {
      const current = await findDestination(parts, request);
      const expected = expectedVersion(request.headers['if-match']);
      if (expected !== undefined && expected !== current.rowVersion) {
        throw staleVersion(expected, current.rowVersion);
      }
      const { open, reason, confirm } = request.query;
      if (open === 'skip' && reason === undefined) {
        throw new Problem('bad_parameter', 'querystring reason: say why what waits is skipped.');
      }
      const principal = principalOf(request);
      const act = {
        principal,
        action: 'destination.deleted',
        subject: JSON.stringify([current.destinationId, reason]),
      };
      if (confirm !== undefined) confirmedAtMs(parts, act, confirm);
      const skip =
        open === 'skip' && reason !== undefined && confirm !== undefined
          ? { actor: principal.actor, reason }
          : undefined;
      const audit = auditOf(parts, request, {
        action: act.action,
        subjectId: current.destinationId,
        workspaceId: current.workspaceId,
        before: settingsView(current),
        ...(skip === undefined ? {} : { after: { skipped: true, reason } }),
      });
      const result = await admin.deleteDestination(current.destinationId, skip, audit);
      switch (result.status) {
        case 'deleted':
          parts.wake();
          return reply.code(204).send();
        case 'not_found':
          throw new Problem('not_found', 'There is no destination with this id.');
        case 'has_open':
          if (open === 'skip') {
            throw confirmationNeeded(
              parts,
              act,
              `${result.openRows} deliveries and ${result.deadLetters} dead letters would be skipped for ever.`,
              { open_rows: result.openRows, dead_letters: result.deadLetters },
            );
          }
          throw new Problem(
            'destination_busy',
            `${result.openRows} deliveries are open and ${result.deadLetters} are dead letters.`,
            { extra: { open_rows: result.openRows, dead_letters: result.deadLetters } },
          );
        default:
          return result satisfies never;
      }
    },
  );
}

/** The records from before, which a new destination may ask for. Throws `bad_value`. */
function backfillOf(
  parts: RouteParts,
  request: FastifyRequest,
  { backfill_from: from, enabled }: NewDestinationBody,
): Backfill | undefined {
  if (from === undefined) return undefined;
  if (enabled === false) {
    throw new Problem(
      'bad_value',
      'A destination that is made disabled gets nothing: enable it, and ask for a replay then.',
      { pointer: '/backfill_from' },
    );
  }
  // It sends what was kept before, which is what a replay does.
  requireScope(principalOf(request), 'deliveries:replay');
  return {
    replayId: parts.random.uuid(),
    fromMs: timeOf('backfill_from', from),
    requestedBy: principalOf(request).actor,
  };
}

function refuseMoved(body: SettingsBody, current: Destination): void {
  for (const [field, now] of [
    ['workspace_id', current.workspaceId],
    ['type', current.type],
  ] as const) {
    if (body[field] !== undefined && body[field] !== now) {
      throw new Problem('immutable_field', `${field} cannot be changed.`, { pointer: `/${field}` });
    }
  }
}
