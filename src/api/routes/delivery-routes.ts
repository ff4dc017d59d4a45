import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { DeliveryStatus } from '../../store/admin-store.ts';
import type { DeliveryFilter, DeliveryPage, ListedDelivery } from '../../store/delivery-look.ts';
import type { RouteParts } from '../api-parts.ts';
import { deliveryView } from '../delivery-view.ts';
import { pageQuery, type PageParameters } from '../page.ts';
import { mayUseWorkspace, requireScope, scopeOf } from '../principal.ts';
import { Problem } from '../problem.ts';
import { principalOf } from '../request-context.ts';
import { type Reader, readerOf } from '../reader.ts';
import { querySchema } from '../schemas/page-schema.ts';
import { problemResponses } from '../schemas/problem-schema.ts';
import { decisionSignatureView } from '../decision-signature-view.ts';
import { sentView } from '../sent-view.ts';
import { queryTime } from '../time-span.ts';
import { timeOrNull } from '../time-text.ts';
import { isUuid } from '../uuid-text.ts';

type DeliveriesQuery = PageParameters & {
  attestation?: string;
  destination?: string;
  status?: DeliveryStatus;
  from?: string;
  to?: string;
  tool?: string;
  agent?: string;
};

const NOTHING: DeliveryPage = { items: [], recordsLookedAt: 0 };
const word = { type: 'string', minLength: 1, maxLength: 300 } as const;
const time = { type: 'string', minLength: 1, maxLength: 40 } as const;

/** Looking for one delivery among all of them, and at what was sent. */
export function deliveryRoutes(app: FastifyInstance, parts: RouteParts): void {
  app.get<{ Querystring: DeliveriesQuery }>(
    '/v1/siem/deliveries',
    {
      config: { scope: 'deliveries:read' },
      schema: {
        summary: 'List deliveries, newest record first',
        description:
          'One item for each record and destination. A page looks at a bounded number of records: with a rare filter it may be short or empty and still have a `next_cursor`.',
        tags: ['deliveries'],
        querystring: querySchema({
          attestation: { ...word, description: 'attestation_id' },
          destination: { ...word, description: 'destination_id' },
          status: { type: 'string', enum: ['pending', 'in_flight', 'delivered', 'dead', 'skipped'] },
          from: { ...time, description: 'Recorded at this time or later (RFC 3339)' },
          to: { ...time, description: 'Recorded before this time (RFC 3339)' },
          tool: { ...word, description: 'tool_name; `*` at its end for any rest. Needs `payloads:read`.' },
          agent: { ...word, description: 'agent_id, in the same way. Needs `payloads:read`.' },
        }),
        response: { 200: { description: 'A page', $ref: 'DeliveryPage#' }, ...problemResponses },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const { attestation } = request.query;
      const asked = filterOf(request);
      const filter = attestation === undefined ? asked : await withRecord(parts, attestation, asked);
      const page =
        filter === undefined
          ? NOTHING
          : await parts.store.deliveries.listDeliveries(filter, pageQuery(request.query));
      return pageView(page, readerOf(principal));
    },
  );

  app.get<{ Params: { id: string } }>(
    '/v1/attestations/:id/sent',
    {
      config: { scope: 'deliveries:read' },
      schema: {
        summary:
          'Show what was sent of a record: number, bytes, receipt and failed sends for each destination',
        tags: ['records'],
        response: { 200: { description: 'Its places', $ref: 'SentPlaces#' }, ...problemResponses },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const { id } = request.params;
      const record = isUuid(id) ? await parts.store.record.readAttestation(id) : undefined;
      if (record === undefined || !mayUseWorkspace(principal, record.workspaceId)) {
        throw new Problem('not_found', 'There is no attestation with this id.');
      }
      const reader = readerOf(principal);
      const items = await sentView(parts, record, reader);
      return {
        attestation_id: record.recordId,
        record_text: reader.payloads ? record.body : null,
        decision_signature: reader.payloads
          ? decisionSignatureView(record.body, parts.decisionKeys ?? [])
          : null,
        items,
      };
    },
  );
}

function filterOf(request: FastifyRequest<{ Querystring: DeliveriesQuery }>): DeliveryFilter {
  const { destination, status, from, to, tool, agent } = request.query;
  const principal = principalOf(request);
  // Whether something matches tells what the record says.
  if (tool !== undefined || agent !== undefined) requireScope(principal, 'payloads:read');
  const fromMs = queryTime('from', from);
  const toMs = queryTime('to', to);
  return {
    ...scopeOf(principal),
    ...(destination === undefined ? {} : { destinationId: destination }),
    ...(status === undefined ? {} : { status }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
    ...(tool === undefined ? {} : { tool }),
    ...(agent === undefined ? {} : { agent }),
  };
}

/** The filter for a record that is named; undefined where there is none that the caller may see. */
async function withRecord(
  parts: RouteParts,
  attestation: string,
  filter: DeliveryFilter,
): Promise<DeliveryFilter | undefined> {
  const id = attestation.toLowerCase();
  const record = isUuid(id) ? await parts.store.record.readAttestation(id) : undefined;
  if (record === undefined) return undefined;
  if (filter.workspaceId !== undefined && filter.workspaceId !== record.workspaceId) return undefined;
  return { ...filter, workspaceId: record.workspaceId, record };
}

function pageView(page: DeliveryPage, reader: Reader): object {
  return {
    items: page.items.map((delivery) => listedView(delivery, reader)),
    next_cursor: page.nextCursor ?? null,
    records_looked_at: page.recordsLookedAt,
    looked_back_to: timeOrNull(page.lookedBackToMs),
  };
}

function listedView(delivery: ListedDelivery, reader: Reader): object {
  return {
    ...deliveryView(delivery, reader),
    verdict: reader.payloads ? (delivery.verdict ?? null) : null,
    tool_name: reader.payloads ? (delivery.tool ?? null) : null,
    agent_id: reader.payloads ? (delivery.agent ?? null) : null,
  };
}
