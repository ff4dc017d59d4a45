import type { FastifyRequest } from 'fastify';
import type { Refusal } from '../attestation/refusal.ts';
import { splitRecords } from '../attestation/split-records.ts';
import type { RecordDraft, RecordResult } from '../outbox/record-store.ts';
import type { RouteParts } from './api-parts.ts';
import { CONFLICT_CODE, ingestResult, type IngestResult, rejected, WORKSPACE_CODE } from './ingest-result.ts';
import { mayUseWorkspace } from './principal.ts';
import { Problem } from './problem.ts';
import { auditOf, principalOf } from './request-context.ts';
import { problemOfBody } from './strict-json.ts';

/** A record that may be stored, or why not. */
export type ReadRecord =
  | { readonly ok: true; readonly draft: RecordDraft }
  | { readonly ok: false; readonly id: string | null; readonly refusal: Refusal };

export interface IngestKind {
  readonly name: 'attestation' | 'event';
  read(text: string): ReadRecord;
  record(drafts: readonly RecordDraft[]): Promise<readonly RecordResult[]>;
}

/** Records read between two turns of the event loop. */
const READ_AT_ONCE = 500;
/** Ids named in the audit record of a conflict. */
const MAX_NAMED_CONFLICTS = 10;
export const NDJSON_TYPES = ['application/x-ndjson', 'application/ndjson'] as const;

/**
 * Records every record of a body, each by itself: one bad one costs no other. Answers in the order of the body. Throws a
 * problem only for a body that cannot be cut into records.
 */
export async function ingest(
  parts: RouteParts,
  request: FastifyRequest,
  body: unknown,
  kind: IngestKind,
): Promise<readonly IngestResult[]> {
  const results: (IngestResult | undefined)[] = [];
  const drafts: RecordDraft[] = [];
  const placeOfDraft: number[] = [];
  const items = itemsOf(body, request, parts.limits.maxBatchItems);
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % READ_AT_ONCE === 0) await new Promise((resolve) => void setImmediate(resolve));
    const read: ReadRecord =
      'text' in item ? kind.read(item.text) : { ok: false, id: null, refusal: item.refusal };
    if (!read.ok) results[index] = rejected(read.id, read.refusal);
    else if (!mayUseWorkspace(principalOf(request), read.draft.workspaceId)) {
      results[index] = rejected(read.draft.recordId, {
        code: WORKSPACE_CODE,
        pointer: '/workspace_id',
        message: 'The API key belongs to another workspace.',
      });
    } else {
      placeOfDraft[drafts.length] = index;
      drafts.push(read.draft);
    }
  }
  for (const [index, result] of (await kind.record(drafts)).entries()) {
    results[placeOfDraft[index] ?? -1] = ingestResult(result);
  }
  const complete = results.filter((result) => result !== undefined);
  if (complete.length !== items.length) throw new Error('the store answered fewer results than records');
  count(parts, kind.name, complete);
  request.recorded = {
    kind: kind.name,
    received: complete.length,
    takenIds: complete.flatMap(({ id, status }) => (status === 'recorded' && id !== null ? [id] : [])),
  };
  await noteConflicts(parts, request, kind.name, complete);
  return complete;
}

function itemsOf(
  body: unknown,
  request: FastifyRequest,
  maxItems: number,
): readonly ({ readonly text: string } | { readonly refusal: Refusal })[] {
  if (!(body instanceof Uint8Array) || body.length === 0)
    throw new Problem('empty_body', 'The body is empty.');
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const ndjson = (NDJSON_TYPES as readonly string[]).includes(type);
  const split = splitRecords(body, ndjson ? 'ndjson' : 'json', maxItems);
  if (!split.ok) throw problemOfBody(split.refusal);
  if (split.items.length === 0) throw new Problem('no_records', 'The body holds no record.');
  return split.items;
}

function count(parts: RouteParts, kind: 'attestation' | 'event', results: readonly IngestResult[]): void {
  for (const { status, error } of results) {
    parts.metrics.records(kind, status);
    if (status === 'rejected' && error !== undefined) parts.metrics.refused(error.code);
  }
}

/** An id that comes again with other bytes may be an attempt to rewrite history: it is logged and kept in the audit trail. */
async function noteConflicts(
  parts: RouteParts,
  request: FastifyRequest,
  kind: 'attestation' | 'event',
  results: readonly IngestResult[],
): Promise<void> {
  const ids = results.flatMap(({ id, error }) => (error?.code === CONFLICT_CODE && id !== null ? [id] : []));
  const [first] = ids;
  if (first === undefined) return;
  const after = { ids: ids.slice(0, MAX_NAMED_CONFLICTS), count: ids.length };
  request.log.warn({ security_event: `${kind}_conflict`, ...after }, 'an id came again with other bytes');
  await parts.store.admin.appendAudit(
    auditOf(parts, request, {
      action: `${kind}.conflict`,
      subjectId: first,
      workspaceId: principalOf(request).workspaceId,
      after,
    }),
  );
}
