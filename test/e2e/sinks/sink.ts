import type { Credentials, DestinationType } from '../../../src/connectors/connector.ts';
import type { JsonObject } from '../../../src/json.ts';

/** A fake SIEM as a run sees it: how to reach it, and what it was given. */
export interface Sink extends AsyncDisposable {
  readonly type: DestinationType;
  readonly port: number;
  /** Settings of a destination that reaches it under `address`, which `reach` makes of its own address. */
  config(reach: (address: string) => string): JsonObject;
  readonly credentials: Credentials;
  /** Events in the order they were taken, duplicates and all. */
  arrivals(): readonly JsonObject[];
  /** Requests that were meant to bring events. */
  requests(): number;
}
