import type { Credentials } from './connectors/connector.ts';
import { REDACTION_KEY } from './ocsf/redaction/redaction-key.ts';
import type { Destination } from './outbox/destination.ts';
import { fieldOfSealed, isNextName, nextName } from './secrets/next-credential.ts';
import type { Sealer } from './secrets/sealer.ts';

/**
 * Opens every credential of a destination that its connector may have, just before a send: all but the redaction
 * key and those that wait to take the place of others.
 * Throws `UnsealError` for the first that does not open.
 */
export function openCredentials(sealer: Sealer, destination: Destination): Credentials {
  return Object.fromEntries(
    Object.entries(destination.sealed)
      .filter(([field]) => field !== REDACTION_KEY && !isNextName(field))
      .map(([field, value]) => [field, open(sealer, destination, field, value)]),
  );
}

/**
 * As `openCredentials`, with those that wait in the place of the old ones. Undefined where none waits. Throws `UnsealError`.
 */
export function openNextCredentials(sealer: Sealer, destination: Destination): Credentials | undefined {
  const { sealed } = destination;
  if (!Object.keys(sealed).some(isNextName)) return undefined;
  const fields = Object.entries(sealed).filter(
    ([name]) => !isNextName(name) && !Object.hasOwn(sealed, nextName(name)),
  );
  const next = Object.entries(sealed).filter(([name]) => isNextName(name));
  return {
    ...openCredentials(sealer, { ...destination, sealed: Object.fromEntries(fields) }),
    ...Object.fromEntries(
      next.map(([name, value]) => {
        const field = fieldOfSealed(name);
        return [field, open(sealer, destination, field, value)];
      }),
    ),
  };
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
