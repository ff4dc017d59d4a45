import type { CredentialChange, DeliveryLogger } from './delivery/delivery-parts.ts';
import { hasNext, nextRefused, nextTaken } from './next-credentials.ts';
import type { Destination } from './outbox/destination.ts';
import type { AdminStore, DestinationPatch } from './store/admin-store.ts';

export interface CredentialChangeParts {
  readonly admin: Pick<AdminStore, 'readDestination' | 'updateDestination'>;
  readonly clock: { nowMs(): number };
  readonly random: { uuid(): string };
  readonly logger: DeliveryLogger;
}

/** Keeps what delivery finds out about new credentials, with an audit record, and tells the operator's log. */
export function credentialChange(parts: CredentialChangeParts): CredentialChange {
  const { clock, logger } = parts;
  return {
    taken: async (destination) => {
      const kept = await change(parts, destination, 'credential.taken_over', (current) => nextTaken(current));
      if (kept) {
        logger.info(
          { destination_id: destination.destinationId },
          'The new credentials have delivered and took the place of the old ones; those can be revoked',
        );
      }
    },
    refused: async (destination, answer) => {
      const kept = await change(parts, destination, 'credential.refused', (current) => ({
        credentialNotes: nextRefused(current, answer, clock.nowMs()),
      }));
      if (kept) {
        logger.warn(
          { destination_id: destination.destinationId, code: answer.code, advice: answer.message },
          'The new credentials were refused; delivery goes on with the old ones',
        );
      }
    },
  };
}

/** False where the credentials were changed meanwhile: then this is no news of them. */
async function change(
  { admin, clock, random }: CredentialChangeParts,
  tried: Destination,
  action: string,
  patchOf: (current: Destination) => DestinationPatch,
): Promise<boolean> {
  const current = await admin.readDestination(tried.destinationId, {});
  if (current === undefined || !hasNext(current) || !isSameSet(current, tried)) return false;
  const patch = patchOf(current);
  const atMs = clock.nowMs();
  const result = await admin.updateDestination(tried.destinationId, current.rowVersion, patch, {
    auditId: random.uuid(),
    atMs,
    workspaceId: current.workspaceId,
    actor: 'delivery',
    action,
    subjectId: current.destinationId,
    before: JSON.stringify({
      fingerprints: current.fingerprints,
      credential_notes: current.credentialNotes ?? {},
    }),
    after: JSON.stringify({
      fingerprints: patch.fingerprints ?? current.fingerprints,
      credential_notes: patch.credentialNotes ?? {},
    }),
  });
  // Somebody changed the destination between the two; the next send tells again.
  if (result.status === 'stale') throw new Error('the destination was changed at the same time');
  return result.status === 'updated';
}

/** A later set of new credentials is another one, whatever it holds. */
function isSameSet(a: Destination, b: Destination): boolean {
  return a.credentialNotes?.next?.setAtMs === b.credentialNotes?.next?.setAtMs;
}
