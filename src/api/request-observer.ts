/** What a request recorded. */
export interface RecordedByRequest {
  readonly kind: 'attestation' | 'event';
  readonly received: number;
  /** Ids of those that are in the store now. */
  readonly takenIds: readonly string[];
}

export interface AnsweredRequest {
  /** The caller's `traceparent` header, unchecked. */
  readonly traceparent: unknown;
  readonly method: string;
  /** The pattern of the route, never the path that was asked. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  readonly records?: RecordedByRequest | undefined;
}

/** Who watches the requests. Called after each answer; must be quick. */
export interface RequestObserver {
  /** Not called for probes, public pages and callers that are not known. */
  answered(request: AnsweredRequest): void;
}
