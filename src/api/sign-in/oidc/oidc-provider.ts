import { createLocalJWKSet, errors, type JWK, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import type { Egress } from '../../../egress/egress.ts';
import { Problem } from '../../problem.ts';

/**
 * Signatures that are taken. Asymmetric only: with a shared-secret algorithm in the list, the provider's public key could be
 * used as the secret (RFC 8725, section 2.1). `none` is not even a name here.
 */
const SIGNATURE_ALGORITHMS: readonly string[] = Object.freeze([
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]);
/** Clocks of two machines may differ by so much. */
const CLOCK_SKEW_SECONDS = 60;
const METADATA_KEPT_MS = 60 * 60_000;
const KEYS_KEPT_MS = 10 * 60_000;
/** An unknown key id has the keys read again, and no oftener: made-up ids must not become calls. */
const KEYS_REST_MS = 30_000;
const MAX_KEYS = 50;
const MAX_REPLY_BYTES = 256 * 1024;
const CALL_TIMEOUT_MS = 10_000;

/** What is used of https://openid.net/specs/openid-connect-discovery-1_0.html, section 3. */
export interface ProviderMetadata {
  readonly authorizationEndpoint: URL;
  readonly tokenEndpoint: URL;
  readonly jwksUri: URL;
}

type KeyFinder = ReturnType<typeof createLocalJWKSet>;

interface OidcProviderParts {
  /** Exactly as the provider says it in `iss`. */
  readonly issuer: string;
  readonly egress: Egress;
  readonly nowMs: () => number;
  readonly logger: { warn(fields: object, message: string): void };
}

/** One identity provider: its addresses and keys, read through the egress guard, kept for a time and bounded. */
export class OidcProvider {
  readonly #parts: OidcProviderParts;
  #metadata: { readonly value: Promise<ProviderMetadata>; readonly atMs: number } | undefined;
  #keys: { readonly value: Promise<KeyFinder>; readonly atMs: number } | undefined;

  constructor(parts: OidcProviderParts) {
    this.#parts = parts;
  }

  get issuer(): string {
    return this.#parts.issuer;
  }

  /** Throws `sign_in_unavailable`. */
  metadata(): Promise<ProviderMetadata> {
    const nowMs = this.#parts.nowMs();
    if (this.#metadata === undefined || nowMs - this.#metadata.atMs > METADATA_KEPT_MS) {
      const value = this.#readMetadata();
      this.#metadata = { value, atMs: nowMs };
      // A failure is not kept: the next sign-in asks again.
      value.catch(() => void (this.#metadata = undefined));
    }
    return this.#metadata.value;
  }

  /**
   * The claims of a token whose signature, issuer, audience and times are right; undefined for any other. The header of the
   * token chooses among the keys of the provider by their id, and nothing else: addresses and keys in it (`jku`, `jwk`, `x5u`)
   * are not looked at. Throws `sign_in_unavailable`.
   */
  async verify(
    token: string,
    audience: string,
    options: JWTVerifyOptions = {},
  ): Promise<JWTPayload | undefined> {
    const asked: JWTVerifyOptions = {
      issuer: this.#parts.issuer,
      audience,
      algorithms: [...SIGNATURE_ALGORITHMS],
      clockTolerance: CLOCK_SKEW_SECONDS,
      requiredClaims: ['exp', 'iat', 'sub'],
      currentDate: new Date(this.#parts.nowMs()),
      ...options,
    };
    const keys = await this.#currentKeys(KEYS_KEPT_MS);
    const first = await tried(token, keys, asked);
    if (first !== 'unknown_key') return first;
    const fresh = await this.#currentKeys(KEYS_REST_MS);
    if (fresh === keys) return undefined;
    const second = await tried(token, fresh, asked);
    return second === 'unknown_key' ? undefined : second;
  }

  /** A reply of the provider as JSON. Throws `sign_in_unavailable`, or answers the status where it is no success. */
  async call(
    url: URL,
    form?: { readonly body: URLSearchParams; readonly headers: Readonly<Record<string, string>> },
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
    const result = await this.#parts.egress.request({
      method: form === undefined ? 'GET' : 'POST',
      url,
      headers: {
        accept: 'application/json',
        ...(form === undefined
          ? {}
          : { 'content-type': 'application/x-www-form-urlencoded', ...form.headers }),
      },
      ...(form === undefined ? {} : { body: Buffer.from(form.body.toString()) }),
      timeoutMs: CALL_TIMEOUT_MS,
      maxResponseBytes: MAX_REPLY_BYTES,
    });
    if (result.kind === 'failure' || result.bodyCut) {
      const code = result.kind === 'failure' ? result.code : 'reply_cut';
      throw this.#unavailable(url, code);
    }
    return { status: result.status, body: objectOf(result.body) };
  }

  #currentKeys(keptMs: number): Promise<KeyFinder> {
    const nowMs = this.#parts.nowMs();
    if (this.#keys === undefined || nowMs - this.#keys.atMs > keptMs) {
      const value = this.#readKeys();
      this.#keys = { value, atMs: nowMs };
      value.catch(() => void (this.#keys = undefined));
    }
    return this.#keys.value;
  }

  async #readMetadata(): Promise<ProviderMetadata> {
    const { issuer } = this.#parts;
    const url = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const { status, body } = await this.call(url);
    // Another issuer in the document would let one provider speak for another (section 4.3 of the same).
    if (status !== 200 || body['issuer'] !== issuer) throw this.#unavailable(url, `discovery_${status}`);
    const address = (name: string): URL => {
      const value = body[name];
      const found = typeof value === 'string' ? URL.parse(value) : null;
      // Plain http only where the issuer itself is: then the operator allowed it.
      const schemes = url.protocol === 'http:' ? ['http:', 'https:'] : ['https:'];
      if (found === null || !schemes.includes(found.protocol)) throw this.#unavailable(url, `no_${name}`);
      return found;
    };
    return {
      authorizationEndpoint: address('authorization_endpoint'),
      tokenEndpoint: address('token_endpoint'),
      jwksUri: address('jwks_uri'),
    };
  }

  async #readKeys(): Promise<KeyFinder> {
    const { jwksUri } = await this.metadata();
    const { status, body } = await this.call(jwksUri);
    const keys = keysOf(body['keys']);
    if (status !== 200 || keys === undefined || keys.length > MAX_KEYS) {
      throw this.#unavailable(jwksUri, `keys_${status}`);
    }
    return createLocalJWKSet({ keys: [...keys] });
  }

  #unavailable(url: URL, code: string): Problem {
    this.#parts.logger.warn({ host: url.host, code }, 'the identity provider cannot be used');
    return new Problem('sign_in_unavailable', 'The identity provider cannot be asked now.', {
      retryAfterSeconds: Math.ceil(KEYS_REST_MS / 1_000),
    });
  }
}

async function tried(
  token: string,
  keys: KeyFinder,
  options: JWTVerifyOptions,
): Promise<JWTPayload | 'unknown_key' | undefined> {
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return 'unknown_key';
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Objects that say their type; jose looks at the rest of each when it is to be used. */
function keysOf(value: unknown): readonly JWK[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter(
    (key: unknown): key is JWK =>
      typeof key === 'object' && key !== null && 'kty' in key && typeof key.kty === 'string',
  );
}

function objectOf(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    // Not JSON: every field of it is missing, and the caller says which one it needed.
    return {};
  }
}
