import type { SpanContext } from '@opentelemetry/api';

/** W3C trace context: lower-case hex, and not all zeros. */
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?:-|$)/;
const SAMPLED = 1;

/** The trace that a record says it belongs to. */
export interface RecordTrace {
  readonly traceId: string;
  readonly spanId?: string;
}

/**
 * The trace ids of an attestation's text. Undefined where it has none, or one that is no W3C trace id: the record may hold any
 * text there.
 */
export function traceOfRecord(body: string): RecordTrace | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // A record that cannot be read is refused, or told, elsewhere.
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const traceId = 'trace_id' in parsed ? hexOf(parsed.trace_id, TRACE_ID) : undefined;
  if (traceId === undefined) return undefined;
  const spanId = 'span_id' in parsed ? hexOf(parsed.span_id, SPAN_ID) : undefined;
  return spanId === undefined ? { traceId } : { traceId, spanId };
}

/** A link needs both ids; a trace without a span is told as an attribute. */
export function linkContext({ traceId, spanId }: RecordTrace): SpanContext | undefined {
  return spanId === undefined ? undefined : { traceId, spanId, traceFlags: SAMPLED, isRemote: true };
}

/** The caller's span from its `traceparent` header; undefined for anything that is not one. */
export function callerContext(traceparent: unknown): SpanContext | undefined {
  const groups = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.groups : undefined;
  const traceId = hexOf(groups?.['traceId'], TRACE_ID);
  const spanId = hexOf(groups?.['spanId'], SPAN_ID);
  if (traceId === undefined || spanId === undefined) return undefined;
  // Kept whether or not the caller samples: who may post records must not decide what the operator sees.
  return { traceId, spanId, traceFlags: SAMPLED, isRemote: true };
}

function hexOf(value: unknown, pattern: RegExp): string | undefined {
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return pattern.test(text) ? text : undefined;
}
