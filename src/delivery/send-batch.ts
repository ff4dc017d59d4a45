import type { ConfirmResult, Connector, Credentials, EventBytes } from '../connectors/connector.ts';
import type { Answer, Outcome } from '../connectors/outcome.ts';
import type { Destination } from '../outbox/destination.ts';
import type { Clock } from './clock.ts';
import type { OpenCredentials } from './delivery-parts.ts';
import { codeOf } from './error-fields.ts';

export interface SendParts {
  readonly openCredentials: OpenCredentials;
  readonly clock: Clock;
}

/**
 * One send, always with an outcome. The credentials are opened here, just before the send, and live no longer than it.
 * Where they cannot be opened nothing is sent: an empty credential would reach the destination as a wrong one.
 */
export async function sendBatch(
  connector: Connector,
  destination: Destination,
  events: readonly EventBytes[],
  signal: AbortSignal,
  parts: SendParts,
): Promise<Outcome> {
  const startedMs = parts.clock.monotonicMs();
  const opened = openOrFault(destination, parts);
  if (opened.credentials === undefined) return opened.fault;
  try {
    return await connector.send(events, opened.credentials, signal);
  } catch (error) {
    // A connector promises an outcome for everything. One that breaks this may have sent: the batch goes again.
    return {
      kind: 'ambiguous',
      answer: faultAnswer(error, 'connector_threw', parts.clock.monotonicMs() - startedMs),
    };
  }
}

/** Asks for acknowledgements; a question that cannot be put answers as a failure, and nothing is known to be lost. */
export async function confirmBatches(
  connector: Connector,
  destination: Destination,
  ackIds: readonly number[],
  signal: AbortSignal,
  parts: SendParts,
): Promise<ConfirmResult> {
  if (connector.confirm === undefined) return { confirmed: [] };
  const opened = openOrFault(destination, parts);
  if (opened.credentials === undefined) return { confirmed: [], failure: opened.fault };
  try {
    return await connector.confirm(ackIds, opened.credentials, signal);
  } catch (error) {
    return {
      confirmed: [],
      failure: { kind: 'transient', answer: faultAnswer(error, 'connector_threw', 0) },
    };
  }
}

type Opened =
  | { readonly credentials: Credentials }
  | { readonly credentials?: undefined; readonly fault: Outcome };

function openOrFault(destination: Destination, parts: SendParts): Opened {
  try {
    return { credentials: parts.openCredentials(destination) };
  } catch (error) {
    const reason = codeOf(error) ?? 'credentials_unreadable';
    return {
      fault: {
        kind: 'local_fault',
        reason,
        answer: {
          code: reason,
          message:
            'The credentials of this destination could not be opened with the keys that this service has; ' +
            'nothing is sent. Check the key file, or set the credentials again.',
          durationMs: 0,
        },
      },
    };
  }
}

/** The error's own words stay out: they could repeat what was sent. */
function faultAnswer(error: unknown, code: string, durationMs: number): Answer {
  return {
    code,
    message: `The connector ended without an answer (${codeOf(error) ?? 'no code'})`,
    durationMs,
  };
}
