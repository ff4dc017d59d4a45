import type * as Api from '@opentelemetry/api';
import type { RequestObserver } from '../api/request-observer.ts';
import type { RecentRequests } from './recent-requests.ts';
import { callerContext } from './trace-link.ts';

export interface RequestSpanParts {
  readonly api: Pick<typeof Api, 'ROOT_CONTEXT' | 'SpanKind' | 'SpanStatusCode' | 'trace'>;
  readonly tracer: Api.Tracer;
  readonly recent: RecentRequests;
  readonly nowMs: () => number;
}

/** One span for each answered request; what it recorded is remembered, so that batches can be linked to it. */
export function requestSpans({ api, tracer, recent, nowMs }: RequestSpanParts): RequestObserver {
  return {
    answered: ({ traceparent, method, route, status, durationMs, records }) => {
      const endMs = nowMs();
      const caller = callerContext(traceparent);
      const parent =
        caller === undefined ? api.ROOT_CONTEXT : api.trace.setSpanContext(api.ROOT_CONTEXT, caller);
      const span = tracer.startSpan(
        `${method} ${route}`,
        {
          kind: api.SpanKind.SERVER,
          startTime: endMs - durationMs,
          attributes: {
            'http.request.method': method,
            'http.route': route,
            'http.response.status_code': status,
            ...(records === undefined
              ? {}
              : {
                  'aegis_siem.records.kind': records.kind,
                  'aegis_siem.records.received': records.received,
                  'aegis_siem.records.taken': records.takenIds.length,
                }),
          },
        },
        parent,
      );
      if (status >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR });
      if (records !== undefined) recent.remember(records.takenIds, span.spanContext());
      span.end(endMs);
    },
  };
}
