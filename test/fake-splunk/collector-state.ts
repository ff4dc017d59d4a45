import type { IncomingMessage } from 'node:http';
import type { AckChannels } from './ack-channels.ts';
import type { Envelope } from './envelopes.ts';
import type { HecFault, HecRefusal } from './hec-faults.ts';
import type { HecAnswer } from './hec-reply.ts';

/** A request as the rules see it. */
export interface IncomingRequest {
  readonly headers: IncomingMessage['headers'];
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly wire: Buffer;
  /** Absent where the encoding is not known. */
  readonly body: Buffer | undefined;
  readonly fault: HecFault | undefined;
}

/** What the rules may look at and change. */
export interface CollectorState {
  readonly token: string;
  readonly acknowledgement: boolean;
  readonly balancerCookie: string | undefined;
  readonly indexes: readonly string[] | undefined;
  readonly maxBodyBytes: number;
  readonly maxEventBytes: number;
  readonly tls: boolean;
  readonly refusal: HecRefusal | undefined;
  readonly always: number | undefined;
  readonly channels: AckChannels;
  take(envelopes: readonly Envelope[]): void;
}

/** Answers a whole request, or cuts its connection. */
export type HecRules = (request: IncomingRequest, state: CollectorState) => HecAnswer | 'reset';

export function isHealthPath(path: string): boolean {
  return path.endsWith('/services/collector/health') || path.endsWith('/services/collector/health/1.0');
}

export function isEventPath(path: string): boolean {
  return /\/services\/collector(?:\/event(?:\/1\.0)?)?$/.test(path);
}

export function isAckPath(path: string): boolean {
  return path.endsWith('/services/collector/ack');
}
