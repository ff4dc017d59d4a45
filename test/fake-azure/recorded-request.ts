import type { FakeService } from './faults.ts';

/** A request as it came over the wire, with what was answered. */
export interface RecordedRequest {
  readonly service: FakeService;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As sent, still compressed. */
  readonly wireBytes: number;
  /** Absent where the connection was cut. */
  readonly status?: number;
  /** Rows that were stored. */
  readonly stored: number;
  readonly atMs: number;
}

/** What a service answers. */
export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Rows that this request stored. */
  readonly stored?: number;
}

export function jsonAnswer(
  status: number,
  body: unknown,
  headers?: Readonly<Record<string, string>>,
): FakeAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}
