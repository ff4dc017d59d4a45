import type { Destination } from '../api/api-types.ts';

type Given = Readonly<Record<string, unknown>>;

/** Not a credential that goes to a SIEM, so it has nothing to prove there. */
const REDACTION_KEY = 'redaction_key';

/** Whether these can stand beside the old ones until they have delivered: each must have one whose place it takes. */
export function canStandBeside(destination: Pick<Destination, 'credentials'>, given: Given): boolean {
  return Object.keys(given).every(
    (field) => field !== REDACTION_KEY && destination.credentials[field] !== undefined,
  );
}

/** Body of PATCH for new credentials. `expiresAt` is a day as a date field gives it, or empty. */
export function credentialPatch(given: Given, expiresAt: string, beside: boolean): Given {
  const end = expiresAt === '' ? null : `${expiresAt}T00:00:00Z`;
  if (!beside) return { credentials: given, credentials_expire_at: end };
  return { next_credentials: given, ...(end === null ? {} : { next_credentials_expire_at: end }) };
}
