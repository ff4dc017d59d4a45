import type { FastifyInstance } from 'fastify';
import type { RouteParts } from '../api-parts.ts';
import { attestationStory } from '../attestation-story.ts';
import { ingest } from '../ingest.ts';
import { ingestStatus, type IngestResult } from '../ingest-result.ts';
import { mayUseWorkspace } from '../principal.ts';
import { Problem } from '../problem.ts';
import { readAttestationRecord } from '../read-attestation-record.ts';
import { readerOf } from '../reader.ts';
import { principalOf } from '../request-context.ts';
import { attestationBodySchema, letPass } from '../schemas/ingest-body-schema.ts';
import { isUuid } from '../uuid-text.ts';
import { problemResponses } from '../schemas/problem-schema.ts';

/** Records attestations, and shows what became of one. */
export function attestationRoutes(app: FastifyInstance, parts: RouteParts): void {
  app.post(
    '/v1/attestations',
    {
      bodyLimit: parts.limits.maxBodyBytes,
      config: { scope: 'attestations:write', unaudited: 'records' },
      validatorCompiler: letPass,
      schema: {
        summary: 'Record attestations',
        description:
          'One object, an array of objects, or NDJSON (application/x-ndjson). The bytes of each record are kept as received. 201: all recorded; 200: some were there already; 207: some were refused or failed; one record alone that is refused answers with a problem.',
        tags: ['records'],
        body: attestationBodySchema,
        response: {
          200: { description: 'Recorded, or there already', $ref: 'AttestationResults#' },
          201: { description: 'All recorded', $ref: 'AttestationResults#' },
          207: { description: 'Some were refused or failed', $ref: 'AttestationResults#' },
          ...problemResponses,
        },
      },
    },
    async (request, reply) => {
      const results = await ingest(parts, request, request.body, {
        name: 'attestation',
        read: readAttestationRecord,
        record: (drafts) => parts.records.record(drafts),
      });
      const views = results.map(resultView);
      return reply.code(ingestStatus(results, views)).send({ results: views });
    },
  );

  app.get<{ Params: { id: string } }>(
    '/v1/attestations/:id',
    {
      config: { scope: 'deliveries:read' },
      schema: {
        summary: 'Show a record, its OCSF event for each destination, and its deliveries',
        tags: ['records'],
        response: { 200: { $ref: 'AttestationStory#' }, ...problemResponses },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const { id } = request.params;
      const record = isUuid(id) ? await parts.store.record.readAttestation(id) : undefined;
      if (record === undefined || !mayUseWorkspace(principal, record.workspaceId)) {
        throw new Problem('not_found', 'There is no attestation with this id.');
      }
      const text = await attestationStory(parts, record, readerOf(principalOf(request)));
      // The record's own bytes stand in the answer: a serialiser would change numbers and escapes.
      return reply
        .type('application/json; charset=utf-8')
        .serializer((payload: unknown) => String(payload))
        .send(text);
    },
  );
}

function resultView({ id, status, error }: IngestResult): object {
  return { attestation_id: id, status, ...(error === undefined ? {} : { error }) };
}
