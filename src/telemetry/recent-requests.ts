import type { SpanContext } from '@opentelemetry/api';

/** Record ids whose request is remembered; the oldest are forgotten first. */
const MAX_RECENT_RECORDS = 20_000;

/** Which request of this process recorded a record, for as long as a record usually waits. */
export class RecentRequests {
  readonly #spans = new Map<string, SpanContext>();
  readonly #maxRecords: number;

  constructor(maxRecords = MAX_RECENT_RECORDS) {
    this.#maxRecords = maxRecords;
  }

  remember(recordIds: readonly string[], span: SpanContext): void {
    for (const id of recordIds) {
      this.#spans.delete(id);
      this.#spans.set(id, span);
    }
    for (const id of this.#spans.keys()) {
      if (this.#spans.size <= this.#maxRecords) break;
      this.#spans.delete(id);
    }
  }

  of(recordId: string): SpanContext | undefined {
    return this.#spans.get(recordId);
  }
}
