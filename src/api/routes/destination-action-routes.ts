import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Destination } from '../../outbox/destination.ts';
import type { RouteParts } from '../api-parts.ts';
import { attemptsFor, attemptView } from '../delivery-view.ts';
import { lastCheckpoint } from '../last-checkpoint.ts';
import { destinationView, entityTag, progressView, settingsView } from '../destination-view.ts';
import type { DestinationKinds } from '../destination-kind.ts';
import { findDestination } from '../find-destination.ts';
import { expectedVersion, staleVersion } from '../if-match.ts';
import { pageAnswer, pageQuery, type PageParameters } from '../page.ts';
import { Problem } from '../problem.ts';
import { readerOf } from '../reader.ts';
import { auditOf, principalOf } from '../request-context.ts';
import { pageSchema, querySchema } from '../schemas/page-schema.ts';
import { problemResponses } from '../schemas/problem-schema.ts';
import { testDestination } from '../test-destination.ts';

const PATH = '/v1/siem/destinations/:id';
/** A test holds a connection for up to half a minute, and could be used to knock at doors. */
const MAX_TESTS_AT_ONCE = 4;
const TEST_RETRY_AFTER_SECONDS = 5;

/** An action needs no body; an empty object is what many clients send anyway. */
const noBody = { type: ['object', 'null'], additionalProperties: false } as const;

type ById = { Params: { id: string } };

/** What is done with a destination beside changing its settings: test, pause, resume, look. */
export function destinationActionRoutes(
  app: FastifyInstance,
  parts: RouteParts,
  kinds: DestinationKinds,
): void {
  const { admin } = parts.store;
  let testsRunning = 0;

  app.post<ById>(
    `${PATH}/test`,
    {
      config: { scope: 'destinations:write', audit: 'destination.tested' },
      schema: {
        summary: 'Send one marked test event through the real connection',
        tags: ['destinations'],
        body: noBody,
        response: { 200: { $ref: 'TestVerdict#' }, ...problemResponses },
      },
    },
    async (request) => {
      const destination = await findDestination(parts, request);
      if (testsRunning >= MAX_TESTS_AT_ONCE) {
        throw new Problem('too_many_tests', `${MAX_TESTS_AT_ONCE} connection tests are running.`, {
          retryAfterSeconds: TEST_RETRY_AFTER_SECONDS,
        });
      }
      testsRunning += 1;
      try {
        const verdict = await testDestination(parts, destination, readerOf(principalOf(request)));
        await admin.appendAudit(
          auditOf(parts, request, {
            action: 'destination.tested',
            subjectId: destination.destinationId,
            workspaceId: destination.workspaceId,
            after: { ok: verdict.ok, verdict: verdict.verdict },
          }),
        );
        return verdict;
      } finally {
        testsRunning -= 1;
      }
    },
  );

  for (const [word, state] of [
    ['pause', 'paused'],
    ['resume', 'active'],
  ] as const) {
    app.post<ById>(
      `${PATH}/${word}`,
      {
        config: { scope: 'destinations:write', audit: `destination.${word}d` },
        schema: {
          summary: word === 'pause' ? 'Stop sending; rows go on being kept' : 'Send again',
          tags: ['destinations'],
          body: noBody,
          response: { 200: { $ref: 'Destination#' }, ...problemResponses },
        },
      },
      async (request, reply) => {
        const changed = await setState(request, state, `destination.${word}d`);
        parts.wake();
        return reply
          .header('etag', entityTag(changed.rowVersion))
          .send(destinationView(changed, readerOf(principalOf(request)), kinds[changed.type].notice));
      },
    );
  }

  app.get<ById>(
    `${PATH}/health`,
    {
      config: { scope: 'destinations:read' },
      schema: {
        summary: 'Show whether the SIEM has everything, and if not, why',
        tags: ['destinations'],
        response: { 200: { $ref: 'DestinationHealth#' }, ...problemResponses },
      },
    },
    async (request) => {
      const destination = await findDestination(parts, request);
      const nowMs = parts.clock.nowMs();
      const progress = await admin.readProgress(destination.destinationNo);
      const { overdue } = await lastCheckpoint(parts.store.proof, destination, nowMs);
      return progressView(destination, progress, overdue, readerOf(principalOf(request)), nowMs);
    },
  );

  app.get<ById & { Querystring: PageParameters }>(
    `${PATH}/attempts`,
    {
      config: { scope: 'deliveries:read' },
      schema: {
        summary:
          'List the latest sends that failed; those that brought no reply are for the operator (scope admin, no workspace)',
        tags: ['destinations'],
        querystring: querySchema(),
        response: { 200: pageSchema({ $ref: 'Attempt#' }), ...problemResponses },
      },
    },
    async (request) => {
      const destination = await findDestination(parts, request);
      const reader = readerOf(principalOf(request));
      const page = await admin.listAttempts(destination.destinationNo, pageQuery(request.query));
      return pageAnswer({ ...page, items: attemptsFor(reader, page.items) }, (attempt) =>
        attemptView(attempt, reader),
      );
    },
  );

  async function setState(
    request: FastifyRequest<ById>,
    state: 'active' | 'paused',
    action: string,
  ): Promise<Destination> {
    const current = await findDestination(parts, request);
    const expected = expectedVersion(request.headers['if-match']);
    if (expected !== undefined && expected !== current.rowVersion) {
      throw staleVersion(expected, current.rowVersion);
    }
    if (current.state === 'disabled') {
      throw new Problem(
        'destination_disabled',
        'A disabled destination gets no rows: there is nothing to pause.',
      );
    }
    const audit = auditOf(parts, request, {
      action,
      subjectId: current.destinationId,
      workspaceId: current.workspaceId,
      before: settingsView(current),
      after: settingsView({ ...current, state }),
    });
    const result = await admin.updateDestination(current.destinationId, expected, { state }, audit);
    switch (result.status) {
      case 'updated':
        return result.destination;
      case 'stale':
        throw staleVersion(expected, result.current.rowVersion);
      case 'not_found':
        throw new Problem('not_found', 'There is no destination with this id.');
      default:
        return result satisfies never;
    }
  }
}
