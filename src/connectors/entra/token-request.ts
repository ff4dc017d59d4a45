import type { EgressRequest, TlsSettings } from '../../egress/egress.ts';
import { clientAssertion } from './client-assertion.ts';
import type { EntraSignIn, ManagedIdentitySignIn } from './entra-sign-in.ts';

const TOKEN_TIMEOUT_MS = 15_000;
/** A token has 1 to 3 KB; a reply beyond this is none. */
const MAX_TOKEN_REPLY_BYTES = 65_536;
const MAX_ASSERTION_FILE_CHARS = 65_536;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Of the machine's own network, never routed. Reachable for this call only, by its purpose. */
const IMDS_URL = 'http://169.254.169.254/metadata/identity/oauth2/token';
const IMDS_API_VERSION = '2018-02-01';
const APP_SERVICE_API_VERSION = '2019-08-01';

export interface TokenRequestParts {
  readonly nowMs: () => number;
  readonly randomUuid: () => string;
  readonly readTextFile: (path: string) => Promise<string>;
}

/** Thrown when the proof of identity cannot be made: a file is missing, a key cannot be read. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
}

/**
 * The one HTTP call that each kind of sign-in needs.
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export async function tokenRequest(signIn: EntraSignIn, parts: TokenRequestParts): Promise<EgressRequest> {
  if (signIn.kind === 'managed_identity') return managedIdentityRequest(signIn);
  const { authority, tenantId, clientId, scope } = signIn;
  const url = new URL(`/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`, authority);
  const common = { grant_type: 'client_credentials', client_id: clientId, scope };
  if (signIn.kind === 'client_secret') {
    return formRequest(url, { ...common, client_secret: signIn.clientSecret }, signIn.tls);
  }
  const assertion =
    signIn.kind === 'certificate'
      ? signedAssertion(signIn, url, parts)
      : await fileAssertion(signIn.assertionFile, parts);
  const form = { ...common, client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
  return formRequest(url, form, signIn.tls);
}

/** `URLSearchParams` encodes each value: a secret with `&`, `+` or `%` is otherwise another secret. */
function formRequest(
  url: URL,
  form: Readonly<Record<string, string>>,
  tls: TlsSettings | undefined,
): EgressRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: Buffer.from(new URLSearchParams(form).toString()),
    timeoutMs: TOKEN_TIMEOUT_MS,
    maxResponseBytes: MAX_TOKEN_REPLY_BYTES,
    ...(tls === undefined ? {} : { tls }),
  };
}

function signedAssertion(
  signIn: Extract<EntraSignIn, { kind: 'certificate' }>,
  url: URL,
  parts: TokenRequestParts,
): string {
  try {
    return clientAssertion({
      tokenEndpoint: url.href,
      clientId: signIn.clientId,
      certificatePem: signIn.certificatePem,
      privateKeyPem: signIn.privateKeyPem,
      nowMs: parts.nowMs(),
      assertionId: parts.randomUuid(),
    });
  } catch {
    // The cause may hold parts of the key: it goes no further.
    throw new SignInError('The certificate or its private key cannot be used: both must be PEM, the key RSA');
  }
}

async function fileAssertion(path: string, parts: TokenRequestParts): Promise<string> {
  let text: string;
  try {
    text = (await parts.readTextFile(path)).trim();
  } catch {
    throw new SignInError(`The federated token file ${path} cannot be read`);
  }
  if (text === '' || text.length > MAX_ASSERTION_FILE_CHARS) {
    throw new SignInError(`The federated token file ${path} holds no token`);
  }
  return text;
}

/** Both services want a resource where the sign-in service wants a scope. */
function managedIdentityRequest(signIn: ManagedIdentitySignIn): EgressRequest {
  const { appService, clientId, scope } = signIn;
  const url = new URL(appService?.endpoint ?? IMDS_URL);
  url.searchParams.set('api-version', appService === undefined ? IMDS_API_VERSION : APP_SERVICE_API_VERSION);
  url.searchParams.set('resource', scope.replace(/\/\.default$/, ''));
  if (clientId !== undefined) url.searchParams.set('client_id', clientId);
  return {
    method: 'GET',
    url,
    headers: appService === undefined ? { metadata: 'true' } : { 'x-identity-header': appService.header },
    timeoutMs: TOKEN_TIMEOUT_MS,
    maxResponseBytes: MAX_TOKEN_REPLY_BYTES,
    purpose: 'managed_identity_token',
  };
}
