import type { Connector, Credentials } from '../../src/connectors/connector.ts';
import { eventBytes } from '../../src/connectors/encode-events.ts';
import type { Outcome } from '../../src/connectors/outcome.ts';
import type { WireEvent } from '../../src/ocsf/ocsf-event.ts';

/** Sends events as the engine does: each encoded by the connector itself. */
export function sendEvents(
  connector: Connector,
  events: readonly WireEvent[],
  credentials: Credentials,
  signal: AbortSignal,
): Promise<Outcome> {
  return connector.send(eventBytes(events.map((event) => connector.encode(event))), credentials, signal);
}
