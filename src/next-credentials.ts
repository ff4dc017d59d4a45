import type { Answer } from './connectors/outcome.ts';
import type { CredentialNotes, Destination } from './outbox/destination.ts';
import { fieldOfSealed, isNextName } from './secrets/next-credential.ts';

/** What a destination keeps of its credentials. */
export type KeptCredentials = Pick<Destination, 'sealed' | 'fingerprints'> & {
  readonly credentialNotes: CredentialNotes;
};

type Values = Readonly<Record<string, string>>;

export function hasNext({ sealed }: Pick<Destination, 'sealed'>): boolean {
  return Object.keys(sealed).some(isNextName);
}

/** The new credentials have delivered: they stand in the place of the old ones, which are gone. */
export function nextTaken(destination: Destination): KeptCredentials {
  const expiresAtMs = destination.credentialNotes?.next?.expiresAtMs;
  return {
    sealed: inPlace(destination.sealed),
    fingerprints: inPlace(destination.fingerprints),
    credentialNotes: expiresAtMs === undefined ? {} : { expiresAtMs },
  };
}

/** The new credentials were refused where the old ones were not: they stay, and it is said. */
export function nextRefused(
  { credentialNotes = {} }: Destination,
  { code = 'refused', message }: Answer,
  atMs: number,
): CredentialNotes {
  const next = credentialNotes.next ?? { setAtMs: atMs };
  return { ...credentialNotes, next: { ...next, refused: { atMs, code, message } } };
}

/** Without those that wait. */
export function withoutNext(
  kept: Pick<Destination, 'sealed' | 'fingerprints' | 'credentialNotes'>,
): KeptCredentials {
  const { next: _, ...credentialNotes } = kept.credentialNotes ?? {};
  const present = (values: Values): Values =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !isNextName(name)));
  return { sealed: present(kept.sealed), fingerprints: present(kept.fingerprints), credentialNotes };
}

function inPlace(values: Values): Values {
  const next = Object.entries(values).filter(([name]) => isNextName(name));
  const stays = Object.entries(values).filter(([name]) => !isNextName(name));
  return {
    ...Object.fromEntries(stays),
    ...Object.fromEntries(next.map(([name, value]) => [fieldOfSealed(name), value])),
  };
}
