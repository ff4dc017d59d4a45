import type { Credentials } from './connectors/connector.ts';
import { REDACTION_KEY } from './ocsf/redaction/redaction-key.ts';
import type { Destination } from './outbox/destination.ts';
import type { Sealer } from './secrets/sealer.ts';

/**
 * Opens every credential of a destination that its connector may have, just before a send: all but the redaction key.
 * Throws `UnsealError` for the first that does not open.
 */
export function openCredentials(sealer: Sealer, destination: Destination): Credentials {
  return Object.fromEntries(
    Object.entries(destination.sealed)
      .filter(([field]) => field !== REDACTION_KEY)
      .map(([field, value]) => [field, open(sealer, destination, field, value)]),
  );
}

/** The key that this destination's redaction hashes with; undefined where it has none. Throws `UnsealError`. */
export function openRedactionKey(sealer: Sealer, destination: Destination): string | undefined {
  const value = destination.sealed[REDACTION_KEY];
  return value === undefined ? undefined : open(sealer, destination, REDACTION_KEY, value);
}

function open(
  sealer: Sealer,
  { workspaceId, destinationId }: Destination,
  field: string,
  value: string,
): string {
  return sealer.open(value, { workspaceId, destinationId, field });
}
