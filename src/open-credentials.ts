import type { Credentials } from './connectors/connector.ts';
import type { Destination } from './outbox/destination.ts';
import type { Sealer } from './secrets/sealer.ts';

/** Opens every credential of a destination, just before a send. Throws `UnsealError` for the first that does not open. */
export function openCredentials(sealer: Sealer, destination: Destination): Credentials {
  const { workspaceId, destinationId, sealed } = destination;
  return Object.fromEntries(
    Object.entries(sealed).map(([field, value]) => [
      field,
      sealer.open(value, { workspaceId, destinationId, field }),
    ]),
  );
}
