import { createPublicKey, createHash, constants, randomBytes, verify, X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type FakeAnswer, jsonAnswer } from './recorded-request.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** The longest time an assertion may be good for. */
const MAX_ASSERTION_LIFE_S = 600;

export interface TokenEndpointOptions {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Certificate that assertions must be signed with; none: assertions are refused. */
  readonly certificatePem?: string;
  /** A federated assertion that is taken as it is, as from a cluster. */
  readonly federatedAssertion?: string;
  readonly scope: string;
  readonly tokenLifeSeconds: number;
  readonly nowMs: () => number;
}

/** Entra ID's token endpoint for applications, as far as a sender of logs needs it. */
export class FakeTokenEndpoint {
  readonly #options: TokenEndpointOptions;
  readonly #tokens = new Map<string, { readonly scope: string; readonly endMs: number }>();
  readonly #usedAssertions = new Set<string>();
  #secret: string;
  #secretExpired = false;

  constructor(options: TokenEndpointOptions) {
    this.#options = options;
    this.#secret = options.clientSecret;
  }

  /** As when an administrator made a new secret and removed the old one. */
  changeSecret(secret: string): void {
    this.#secret = secret;
    this.#secretExpired = false;
  }

  expireSecret(): void {
    this.#secretExpired = true;
  }

  /** As when keys were rolled over: no token that was handed out is taken any more. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  accepts(token: string, scope: string): boolean {
    const known = this.#tokens.get(token);
    return known !== undefined && known.scope === scope && known.endMs > this.#options.nowMs();
  }

  answer(tenant: string, url: string, headers: IncomingHttpHeaders, body: Buffer): FakeAnswer {
    const { tenantId, clientId, scope } = this.#options;
    if (tenant !== tenantId) return refusal(400, 'invalid_request', 90_002, 'Tenant not found.');
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') {
      return refusal(400, 'invalid_request', 900_144, 'The request body must contain a form.');
    }
    const form = new URLSearchParams(body.toString('utf8'));
    if (form.get('grant_type') !== 'client_credentials') {
      return refusal(400, 'unsupported_grant_type', 70_003, 'The grant type is not supported.');
    }
    if (form.get('client_id') !== clientId) {
      return refusal(400, 'unauthorized_client', 700_016, 'Application was not found in the directory.');
    }
    if (form.get('scope') !== scope) {
      return refusal(400, 'invalid_scope', 70_011, 'The provided value for the scope is not valid.');
    }
    const wrong = form.has('client_assertion') ? this.#wrongAssertion(form, url) : this.#wrongSecret(form);
    if (wrong !== undefined) return wrong;
    const life = this.#options.tokenLifeSeconds;
    return jsonAnswer(200, {
      token_type: 'Bearer',
      expires_in: life,
      ext_expires_in: life,
      access_token: this.issue(scope),
    });
  }

  issue(scope: string): string {
    const token = `fake-token.${randomBytes(24).toString('base64url')}`;
    this.#tokens.set(token, {
      scope,
      endMs: this.#options.nowMs() + this.#options.tokenLifeSeconds * 1_000,
    });
    return token;
  }

  #wrongSecret(form: URLSearchParams): FakeAnswer | undefined {
    if (!form.has('client_secret')) {
      return refusal(
        401,
        'invalid_client',
        7_000_218,
        'The body must contain client_assertion or client_secret.',
      );
    }
    if (this.#secretExpired) {
      return refusal(401, 'invalid_client', 7_000_222, 'The provided client secret keys are expired.');
    }
    if (form.get('client_secret') === this.#secret) return undefined;
    // As the real one, the description repeats what was sent: it must not reach a log.
    const echoed = form.get('client_secret') ?? '';
    return refusal(401, 'invalid_client', 7_000_215, `Invalid client secret provided. Given: ${echoed}`);
  }

  #wrongAssertion(form: URLSearchParams, url: string): FakeAnswer | undefined {
    if (form.get('client_assertion_type') !== ASSERTION_TYPE) {
      return refusal(400, 'invalid_request', 900_144, 'client_assertion_type is wrong.');
    }
    const assertion = form.get('client_assertion') ?? '';
    const { federatedAssertion, certificatePem } = this.#options;
    if (federatedAssertion !== undefined && assertion === federatedAssertion) return undefined;
    if (certificatePem === undefined) {
      return refusal(401, 'invalid_client', 700_213, 'No matching federated identity record found.');
    }
    const fault = assertionFault(
      assertion,
      certificatePem,
      this.#options.clientId,
      url,
      this.#options.nowMs(),
    );
    if (fault !== undefined) return refusal(401, 'invalid_client', 700_027, fault);
    if (this.#usedAssertions.has(assertion)) {
      return refusal(401, 'invalid_client', 700_027, 'The assertion was used before.');
    }
    this.#usedAssertions.add(assertion);
    return undefined;
  }
}

/** What is wrong with an assertion, checked as RFC 7523 and the vendor's own rules say. */
function assertionFault(
  assertion: string,
  certificatePem: string,
  clientId: string,
  url: string,
  nowMs: number,
): string | undefined {
  const [head = '', body = '', signature = '', ...more] = assertion.split('.');
  if (signature === '' || more.length > 0) return 'not a signed token';
  const header = decoded(head);
  const claims = decoded(body);
  const certificate = new X509Certificate(certificatePem);
  const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url');
  if (header['alg'] !== 'PS256') return 'alg is not PS256';
  if (header['x5t#S256'] !== thumbprint) return 'the key was not found by x5t#S256';
  const signed = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    {
      key: createPublicKey(certificatePem),
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    },
    Buffer.from(signature, 'base64url'),
  );
  if (!signed) return 'the signature does not fit';
  if (claims['aud'] !== url) return 'aud is not this endpoint';
  if (claims['iss'] !== clientId || claims['sub'] !== clientId) return 'iss and sub must be the client id';
  if (typeof claims['jti'] !== 'string' || claims['jti'] === '') return 'jti is missing';
  const nowSeconds = nowMs / 1_000;
  const { nbf, exp } = claims;
  if (typeof nbf !== 'number' || typeof exp !== 'number') return 'nbf or exp is missing';
  if (nbf > nowSeconds + 300 || exp < nowSeconds) return 'outside of its time';
  return exp - nbf > MAX_ASSERTION_LIFE_S ? 'good for too long' : undefined;
}

function decoded(part: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function refusal(status: number, error: string, number: number, text: string): FakeAnswer {
  const trace = '3f1c9a52-0000-4000-8000-0123456789ab';
  return jsonAnswer(status, {
    error,
    error_description: `AADSTS${number}: ${text} Trace ID: ${trace} Correlation ID: ${trace}`,
    error_codes: [number],
    trace_id: trace,
    correlation_id: trace,
  });
}
