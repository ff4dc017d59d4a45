import type { Credentials } from '../connectors/connector.ts';
import { openCredentials } from '../open-credentials.ts';
import type { JsonObject } from '../json.ts';
import type { Destination } from '../outbox/destination.ts';
import { REDACTION_KEY } from '../ocsf/redaction/redaction-key.ts';
import { isNextName } from '../secrets/next-credential.ts';
import type { SealContext } from '../secrets/sealer.ts';
import type { ApiParts } from './api-parts.ts';
import { Problem } from './problem.ts';

/** A text that only hides another one: what a person pastes back from a screen. */
const MASK = /^[*\u2022\u25cf.xX]{3,}$/u;

export interface CredentialChange {
  /** New values by field. */
  readonly given: Readonly<Record<string, string>>;
  readonly removed: readonly string[];
}

/** Sealed values and fingerprints, as a destination keeps them. */
export type SealedCredentials = Pick<Destination, 'sealed' | 'fingerprints'>;

/**
 * Reads the credentials of a body. A field that only echoes what the API answered (`{set, fingerprint}`, or a mask) keeps
 * the stored value; without a stored value it is refused. Null removes a field.
 */
export function readCredentials(
  body: JsonObject | undefined,
  stored: Readonly<Record<string, string>>,
): CredentialChange {
  const given: Record<string, string> = {};
  const removed: string[] = [];
  for (const [field, value] of Object.entries(body ?? {})) {
    if (value === null) removed.push(field);
    else if (isMask(value)) {
      if (!Object.hasOwn(stored, field)) {
        throw new Problem(
          'masked_secret',
          `The credential ${field} is a mask and there is no stored value.`,
          {
            pointer: `/credentials/${field}`,
          },
        );
      }
    } else if (typeof value === 'string') given[field] = value;
    else {
      throw new Problem('wrong_type', `The credential ${field} must be text.`, {
        pointer: `/credentials/${field}`,
      });
    }
  }
  return { given, removed };
}

/**
 * What a destination keeps after the change. With `addressChanged` nothing stored is carried over: every field that was set
 * must be given again, so that nobody can point a stored credential at another host. The redaction key goes to no host.
 */
export function sealCredentials(
  parts: Pick<ApiParts, 'sealer' | 'fingerprint'>,
  owner: Pick<SealContext, 'workspaceId' | 'destinationId'>,
  stored: SealedCredentials,
  { given, removed }: CredentialChange,
  addressChanged: boolean,
): SealedCredentials {
  const missing = Object.keys(stored.sealed).filter(
    (field) => field !== REDACTION_KEY && !isNextName(field) && !(field in given) && !removed.includes(field),
  );
  if (addressChanged && missing.length > 0) {
    throw new Problem(
      'credentials_required',
      `The address changes: send ${missing.join(', ')} again in the same request.`,
      { pointer: '/credentials', extra: { fields: missing } },
    );
  }
  const sealed = new Map(Object.entries(stored.sealed));
  const fingerprints = new Map(Object.entries(stored.fingerprints));
  for (const field of removed) {
    sealed.delete(field);
    fingerprints.delete(field);
  }
  for (const [field, value] of Object.entries(given)) {
    sealed.set(field, parts.sealer.seal(value, { ...owner, field }));
    fingerprints.set(field, parts.fingerprint(value));
  }
  return { sealed: Object.fromEntries(sealed), fingerprints: Object.fromEntries(fingerprints) };
}

/**
 * The stored credentials that the change leaves, opened to be checked together with the new ones (a key must fit its
 * certificate). Throws `credentials_required` when they cannot be opened: then all of them must come again.
 */
export function keptCredentials(
  sealer: ApiParts['sealer'],
  destination: Destination,
  { given, removed }: CredentialChange,
): Credentials {
  const kept = Object.entries(destination.sealed).filter(
    ([field]) => !isNextName(field) && !(field in given) && !removed.includes(field),
  );
  try {
    return openCredentials(sealer, { ...destination, sealed: Object.fromEntries(kept) });
  } catch (cause) {
    const fields = kept.map(([field]) => field);
    throw new Problem(
      'credentials_required',
      `What is stored cannot be opened with the keys of this service: send ${fields.join(', ')} again.`,
      { pointer: '/credentials', extra: { fields }, cause },
    );
  }
}

function isMask(value: unknown): boolean {
  if (typeof value === 'string') return MASK.test(value);
  return typeof value === 'object' && value !== null && 'set' in value && 'fingerprint' in value;
}
