import type { Credentials } from '../connectors/connector.ts';
import { type KeptCredentials, withoutNext } from '../next-credentials.ts';
import { REDACTION_KEY } from '../ocsf/redaction/redaction-key.ts';
import type { Destination } from '../outbox/destination.ts';
import { nextName } from '../secrets/next-credential.ts';
import type { ApiParts } from './api-parts.ts';
import type { SettingsBody } from './destination-body.ts';
import { type CredentialChange, keptCredentials, readCredentials } from './destination-credentials.ts';
import { Problem } from './problem.ts';
import { timeOf } from './replay-request.ts';

export interface NextPatch {
  readonly kept: KeptCredentials;
  /** All that a send with the new ones would use, to be checked; absent where none are set. */
  readonly all?: Credentials;
}

/**
 * What a PATCH makes of a destination's credentials besides `credentials` itself: those that wait, and the ends that are known.
 * `kept` are the credentials after `credentials`. Throws a problem.
 */
export function nextCredentialsPatch(
  { sealer, fingerprint, clock }: Pick<ApiParts, 'sealer' | 'fingerprint' | 'clock'>,
  current: Destination,
  body: SettingsBody,
  kept: Pick<Destination, 'sealed' | 'fingerprints'>,
  addressChanged: boolean,
): NextPatch {
  const asked = body.next_credentials;
  const replaced = body.credentials !== undefined || addressChanged;
  const notes = withExpiry(current.credentialNotes ?? {}, body, replaced);
  const base = { ...kept, credentialNotes: notes };
  if (asked === undefined) {
    if (body.next_credentials_expire_at !== undefined) {
      throw new Problem('bad_value', 'next_credentials_expire_at goes with next_credentials.', {
        pointer: '/next_credentials_expire_at',
      });
    }
    // What waited was meant to take the place of what is gone now.
    return { kept: replaced ? withoutNext(base) : base };
  }
  if (replaced) {
    throw new Problem(
      'bad_value',
      'next_credentials wait beside the credentials of the same address: send credentials or next_credentials, and not with another address.',
      { pointer: '/next_credentials' },
    );
  }
  const cleared = withoutNext(base);
  if (asked === null) return { kept: cleared };
  const change = readCredentials(asked, {});
  holdToNext(current, change);
  const sealed = new Map(Object.entries(cleared.sealed));
  const fingerprints = new Map(Object.entries(cleared.fingerprints));
  for (const [field, value] of Object.entries(change.given)) {
    sealed.set(nextName(field), sealer.seal(value, { ...current, field }));
    fingerprints.set(nextName(field), fingerprint(value));
  }
  const expiresAt = body.next_credentials_expire_at;
  const next = {
    setAtMs: clock.nowMs(),
    ...(typeof expiresAt === 'string'
      ? { expiresAtMs: timeOf('next_credentials_expire_at', expiresAt) }
      : {}),
  };
  return {
    kept: {
      sealed: Object.fromEntries(sealed),
      fingerprints: Object.fromEntries(fingerprints),
      credentialNotes: { ...cleared.credentialNotes, next },
    },
    all: { ...keptCredentials(sealer, current, change), ...change.given },
  };
}

/** The end of the present credentials, as the body says it; new ones have no known end until somebody names it. */
export function withExpiry(
  { expiresAtMs, ...others }: NonNullable<Destination['credentialNotes']>,
  { credentials_expire_at: given }: Pick<SettingsBody, 'credentials_expire_at'>,
  replaced: boolean,
): NonNullable<Destination['credentialNotes']> {
  if (typeof given === 'string') return { ...others, expiresAtMs: timeOf('credentials_expire_at', given) };
  if (given === null || replaced || expiresAtMs === undefined) return others;
  return { ...others, expiresAtMs };
}

function holdToNext(current: Destination, { given, removed }: CredentialChange): void {
  const refuse = (field: string, why: string): Problem =>
    new Problem('bad_value', why, { pointer: `/next_credentials/${field}` });
  for (const field of [...Object.keys(given), ...removed]) {
    if (field === REDACTION_KEY)
      throw refuse(field, 'The redaction key goes to no SIEM: set it with credentials.');
    if (!Object.hasOwn(current.sealed, field)) {
      throw refuse(field, `There is no ${field} that it could take the place of: set it with credentials.`);
    }
    if (removed.includes(field))
      throw refuse(field, 'next_credentials take the place of others and remove none.');
  }
  if (Object.keys(given).length === 0) {
    throw new Problem('bad_value', 'next_credentials name no credential; null takes back what waits.', {
      pointer: '/next_credentials',
    });
  }
}
