import { createHmac } from 'node:crypto';

/** The one content type that is signed. With a charset after it, the service answers 403. */
export const CONTENT_TYPE = 'application/json';
export const RESOURCE = '/api/logs';

export interface SignedRequest {
  readonly workspaceId: string;
  /** Base64 as the portal shows it; the bytes behind it are the key. */
  readonly sharedKey: string;
  /** Bytes of the body, not characters. */
  readonly bodyBytes: number;
  /** The `x-ms-date` header: RFC 1123 in GMT. */
  readonly date: string;
}

/**
 * The `Authorization` header of the Data Collector API: HMAC-SHA256 over five lines, in Base64.
 * https://learn.microsoft.com/azure/azure-monitor/logs/data-collector-api
 */
export function authorization(request: SignedRequest): string {
  return `SharedKey ${request.workspaceId}:${signature(request)}`;
}

export function signature({ sharedKey, bodyBytes, date }: SignedRequest): string {
  const text = ['POST', String(bodyBytes), CONTENT_TYPE, `x-ms-date:${date}`, RESOURCE].join('\n');
  return createHmac('sha256', Buffer.from(sharedKey, 'base64')).update(text, 'utf8').digest('base64');
}

/** A time as the header has it: `Tue, 24 Nov 2026 03:00:00 GMT`. */
export function rfc1123Date(timeMs: number): string {
  return new Date(timeMs).toUTCString();
}
