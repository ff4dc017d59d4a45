import type { Refusal } from '../attestation/refusal.ts';
import type { RecordResult } from '../outbox/record-store.ts';
import { Problem } from './problem.ts';
import { STORE_RETRY_AFTER_SECONDS } from './problem-of-error.ts';

/** What became of one record of a request. */
export interface IngestResult {
  /** Null when the record does not say one that can be read. */
  readonly id: string | null;
  readonly status: 'recorded' | 'duplicate' | 'rejected' | 'failed';
  readonly error?: Refusal;
}

/** A record of this kind was there with other bytes. */
export const CONFLICT_CODE = 'id_conflict';
/** The record belongs to a workspace that the key may not use. */
export const WORKSPACE_CODE = 'workspace_forbidden';

export function rejected(id: string | null, error: Refusal): IngestResult {
  return { id, status: 'rejected', error };
}

export function ingestResult(result: RecordResult): IngestResult {
  switch (result.status) {
    case 'recorded':
    case 'duplicate':
      return { id: result.recordId, status: result.status };
    case 'conflict':
      return rejected(result.recordId, {
        code: CONFLICT_CODE,
        pointer: '',
        message: 'A record with this id and other bytes is kept already; records are never changed.',
      });
    case 'failed':
      return {
        id: result.recordId,
        status: 'failed',
        error: { code: result.code, pointer: '', message: result.message },
      };
    default:
      return result satisfies never;
  }
}

/**
 * The HTTP status of a request by its results: 201 all recorded, 200 some were duplicates, 207 some were refused or failed.
 * Where nothing at all was taken because of the store, and where the one record of a request was refused, it throws a
 * problem instead, which carries the results too.
 */
export function ingestStatus(results: readonly IngestResult[], views: readonly object[]): 200 | 201 | 207 {
  const [first] = results;
  if (results.every(({ status }) => status === 'failed')) {
    throw new Problem('store_unavailable', first?.error?.message ?? 'The store cannot record now.', {
      retryAfterSeconds: STORE_RETRY_AFTER_SECONDS,
      extra: { reason: first?.error?.code ?? 'store_failed', results: views },
    });
  }
  if (results.length === 1 && first?.error !== undefined) throw problemOfRecord(first.error, views);
  if (results.some(({ error }) => error !== undefined)) return 207;
  return results.some(({ status }) => status === 'duplicate') ? 200 : 201;
}

/** Codes of a single record that is not JSON at all: a fault of the request, not of what it says. */
const UNREADABLE = new Set(['not_json', 'invalid_utf8', 'byte_order_mark', 'empty']);

function problemOfRecord({ code, pointer, message }: Refusal, views: readonly object[]): Problem {
  const options = { pointer, extra: { results: views } };
  if (code === CONFLICT_CODE) return new Problem('id_conflict', message, options);
  if (code === WORKSPACE_CODE) return new Problem('workspace_forbidden', message, options);
  if (UNREADABLE.has(code)) return new Problem('malformed_json', message, { ...options, reason: code });
  if (code === 'record_too_large')
    return new Problem('body_too_large', message, { ...options, reason: code });
  return new Problem('record_refused', message, { ...options, reason: code });
}
