import type * as Api from '@opentelemetry/api';
import type { AttemptEvent, DeliveryObserver, FinishedBatch } from '../delivery/delivery-observer.ts';
import type { DeliveryStore } from '../outbox/delivery-store.ts';
import type { RecentRequests } from './recent-requests.ts';
import { linkContext, traceOfRecord } from './trace-link.ts';

/** Batches with a span that is not ended yet; beyond it the oldest one is ended as it is. */
const MAX_OPEN_BATCHES = 1_000;
/** Batches whose records are being read for their links; beyond it a batch is told without links. */
const MAX_LINK_READS = 16;
/** Links and trace ids of a batch: of a sample of its records. */
export const MAX_LINKS = 32;
const MAX_CODE_CHARS = 64;

export interface DeliverySpanParts {
  readonly api: Pick<typeof Api, 'ROOT_CONTEXT' | 'SpanKind' | 'SpanStatusCode' | 'trace'>;
  readonly tracer: Api.Tracer;
  readonly recent: RecentRequests;
  readonly store: Pick<DeliveryStore, 'readRecords'>;
  readonly nowMs: () => number;
  readonly maxOpenBatches?: number;
}

/** Spans of batches, with those of their sends below them. */
export interface DeliverySpans {
  readonly observer: Pick<DeliveryObserver, 'attempt' | 'finished' | 'lane'>;
  /** Ends what is open, after the links that are being read are known. */
  end(): Promise<void>;
}

/**
 * A batch is a span from its first send to the store's word that it is finished; each send is a span below it. Holds ids, words and
 * sizes, and never what a SIEM answered in its own words or what a record says.
 */
export function deliverySpans(parts: DeliverySpanParts): DeliverySpans {
  const { api, tracer, nowMs } = parts;
  const open = new Map<string, Api.Span>();
  const reading = new Set<Promise<void>>();

  const begin = (destinationId: string, firstSeq: number, startTime: number): Api.Span =>
    tracer.startSpan(
      'aegis_siem.batch',
      {
        startTime,
        attributes: {
          'aegis_siem.destination.id': destinationId,
          'aegis_siem.batch.first_seq': firstSeq,
        },
      },
      api.ROOT_CONTEXT,
    );

  const leave = (key: string, span: Api.Span, why: string): void => {
    open.delete(key);
    span.setAttribute('aegis_siem.batch.result', why);
    span.end(nowMs());
  };

  const opened = (event: AttemptEvent, startMs: number): Api.Span => {
    const key = keyOf(event);
    const known = open.get(key);
    if (known !== undefined) return known;
    const span = begin(event.destinationId, event.firstSeq, startMs);
    open.set(key, span);
    const [oldest] = open;
    if (open.size > (parts.maxOpenBatches ?? MAX_OPEN_BATCHES) && oldest !== undefined) {
      leave(...oldest, 'not_followed');
    }
    return span;
  };

  return {
    observer: {
      attempt: (event) => {
        const endMs = nowMs();
        const startMs = endMs - event.durationMs;
        const batch = opened(event, startMs);
        const span = tracer.startSpan(
          'aegis_siem.attempt',
          { kind: api.SpanKind.CLIENT, startTime: startMs, attributes: attemptAttributes(event) },
          api.trace.setSpan(api.ROOT_CONTEXT, batch),
        );
        if (event.outcome !== 'delivered' && event.outcome !== 'accepted') {
          span.setStatus({ code: api.SpanStatusCode.ERROR, message: event.outcome });
        }
        span.end(endMs);
        batch.setAttributes({
          'aegis_siem.batch.attempts': event.attempt,
          'aegis_siem.batch.bytes': event.bytes,
        });
      },
      finished: (batch) => {
        const key = keyOf(batch);
        const known = open.get(key);
        // Nothing was sent for a batch of which the filter left out every record.
        if (known === undefined && batch.delivered + batch.tombstones === 0) return;
        open.delete(key);
        const endMs = nowMs();
        const span = known ?? begin(batch.destinationId, batch.firstSeq, endMs);
        span.setAttributes(batchAttributes(batch));
        if (batch.dead > 0) span.setStatus({ code: api.SpanStatusCode.ERROR, message: 'dead letters' });
        if (reading.size >= MAX_LINK_READS || batch.sampleRecordNos.length === 0) {
          span.end(endMs);
          return;
        }
        const read = addLinks(span, batch.sampleRecordNos.slice(0, MAX_LINKS), parts).finally(() => {
          span.end(endMs);
          reading.delete(read);
        });
        reading.add(read);
      },
      lane: ({ destinationId, event }) => {
        if (event === 'taken' || event === 'epoch_opened') return;
        for (const [key, span] of open) {
          if (key.startsWith(`${destinationId} `)) leave(key, span, 'left_to_next_owner');
        }
      },
    },
    end: async () => {
      await Promise.all(reading);
      for (const [key, span] of open) leave(key, span, 'not_finished');
    },
  };
}

function keyOf({ destinationId, firstSeq }: Pick<AttemptEvent, 'destinationId' | 'firstSeq'>): string {
  return `${destinationId} ${firstSeq}`;
}

function attemptAttributes(event: AttemptEvent): Api.Attributes {
  return {
    'aegis_siem.destination.id': event.destinationId,
    'aegis_siem.destination.name': event.name,
    'aegis_siem.batch.first_seq': event.firstSeq,
    'aegis_siem.batch.events': event.events,
    'aegis_siem.batch.bytes': event.bytes,
    'aegis_siem.attempt': event.attempt,
    'aegis_siem.outcome': event.outcome,
    ...(event.status === undefined ? {} : { 'http.response.status_code': event.status }),
    ...(event.code === undefined ? {} : { 'aegis_siem.code': event.code.slice(0, MAX_CODE_CHARS) }),
    ...(event.duplicateCause === undefined ? {} : { 'aegis_siem.repeat_cause': event.duplicateCause }),
  };
}

function batchAttributes(batch: FinishedBatch): Api.Attributes {
  return {
    'aegis_siem.batch.result': 'finished',
    'aegis_siem.batch.delivered': batch.delivered,
    'aegis_siem.batch.dead': batch.dead,
    'aegis_siem.batch.tombstones': batch.tombstones,
    'aegis_siem.batch.left_out': batch.leftOut,
  };
}

/** Links to the traces of the records, and to the requests of this process that recorded them. Never rejects. */
async function addLinks(
  span: Api.Span,
  recordNos: readonly number[],
  { store, recent }: DeliverySpanParts,
): Promise<void> {
  try {
    const rows = await store.readRecords(recordNos);
    const links = new Map<string, Api.SpanContext>();
    const traceIds = new Set<string>();
    for (const { source, body, recordId } of rows) {
      const trace = source === 'attestation' ? traceOfRecord(body) : undefined;
      if (trace !== undefined) traceIds.add(trace.traceId);
      for (const context of [trace === undefined ? undefined : linkContext(trace), recent.of(recordId)]) {
        if (context !== undefined) links.set(`${context.traceId} ${context.spanId}`, context);
      }
    }
    if (traceIds.size > 0) span.setAttribute('aegis_siem.batch.trace_ids', [...traceIds]);
    span.addLinks([...links.values()].slice(0, MAX_LINKS).map((context) => ({ context })));
  } catch {
    // The store's failures are counted where delivery meets them; this batch is told without links.
  }
}
