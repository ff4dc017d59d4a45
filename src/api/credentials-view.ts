import type { CredentialNotes, Destination } from '../outbox/destination.ts';
import { fieldOfSealed, isNextName } from '../secrets/next-credential.ts';
import { timeOrNull, timeText } from './time-text.ts';

/** Credentials as the API shows them: set or not, with a fingerprint, their end, and those that wait to take their place. */
export function credentialsView({
  fingerprints,
  credentialNotes = {},
}: Pick<Destination, 'fingerprints' | 'credentialNotes'>): object {
  return {
    credentials: shown(fingerprints, false),
    credentials_expire_at: timeOrNull(credentialNotes.expiresAtMs),
    next_credentials: nextView(fingerprints, credentialNotes.next),
  };
}

function nextView(fingerprints: Destination['fingerprints'], next: CredentialNotes['next']): object | null {
  if (next === undefined) return null;
  return {
    credentials: shown(fingerprints, true),
    set_at: timeText(next.setAtMs),
    expire_at: timeOrNull(next.expiresAtMs),
    refused_at: timeOrNull(next.refused?.atMs),
    refused_code: next.refused?.code ?? null,
    refused_message: next.refused?.message ?? null,
  };
}

function shown(fingerprints: Destination['fingerprints'], next: boolean): object {
  return Object.fromEntries(
    Object.entries(fingerprints)
      .filter(([name]) => isNextName(name) === next)
      .map(([name, fingerprint]) => [fieldOfSealed(name), { set: true, fingerprint }]),
  );
}
