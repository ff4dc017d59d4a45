import type { IncomingHttpHeaders } from 'node:http';
import type { FakeTokenEndpoint } from './fake-token-endpoint.ts';
import { type FakeAnswer, jsonAnswer } from './recorded-request.ts';

/** What an App Service hands its application in IDENTITY_HEADER. */
export const FAKE_IDENTITY_HEADER = 'fake-identity-header';
export const FAKE_IDENTITY_PATH = '/msi/token';
const IMDS_PATH = '/metadata/identity/oauth2/token';
const LIFE_SECONDS = 86_400;

export interface ManagedIdentityOptions {
  readonly tokens: Pick<FakeTokenEndpoint, 'issue'>;
  readonly scope: string;
  readonly nowMs: () => number;
}

/**
 * The token calls of a virtual machine (IMDS) and of an App Service. Both take a resource in place of a scope.
 * https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 */
export class FakeManagedIdentity {
  readonly #options: ManagedIdentityOptions;

  constructor(options: ManagedIdentityOptions) {
    this.#options = options;
  }

  serves(url: URL): boolean {
    return url.pathname === IMDS_PATH || url.pathname === FAKE_IDENTITY_PATH;
  }

  answer(url: URL, headers: IncomingHttpHeaders): FakeAnswer {
    const isImds = url.pathname === IMDS_PATH;
    if (isImds && headers['metadata'] !== 'true') return refusal(400, 'invalid_request');
    if (!isImds && headers['x-identity-header'] !== FAKE_IDENTITY_HEADER) return refusal(401, 'unauthorized');
    const version = isImds ? '2018-02-01' : '2019-08-01';
    if (url.searchParams.get('api-version') !== version) return refusal(400, 'invalid_request');
    const scope = `${url.searchParams.get('resource') ?? ''}/.default`;
    if (scope !== this.#options.scope) return refusal(400, 'invalid_resource');
    return jsonAnswer(200, {
      access_token: this.#options.tokens.issue(scope),
      expires_on: String(Math.floor(this.#options.nowMs() / 1_000) + LIFE_SECONDS),
      resource: url.searchParams.get('resource'),
      token_type: 'Bearer',
      ...(isImds ? { expires_in: String(LIFE_SECONDS) } : {}),
    });
  }
}

function refusal(status: number, error: string): FakeAnswer {
  return jsonAnswer(status, { error, error_description: 'refused' });
}
