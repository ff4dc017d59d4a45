import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { LoopbackServers } from '../fake-splunk/loopback-servers.ts';

export const CLIENT_ID = 'aegis-console';
export const CLIENT_SECRET = 'fake-client-secret';
export const AUDIENCE = 'https://siem.example.com/api';

interface SigningKey {
  readonly jwk: JWK & { readonly kid: string };
  readonly privateKey: CryptoKey;
}

/** What a person brings to the provider's page. */
export interface FakePerson extends JWTPayload {
  readonly sub: string;
}

/**
 * An OpenID provider over real HTTP: discovery, keys, codes that work once and hold PKCE and redirect address to what was
 * asked, and tokens with whatever claims and headers a test wants.
 */
export class FakeProvider implements AsyncDisposable {
  readonly #servers = new LoopbackServers();
  readonly #codes = new Map<string, { readonly query: URLSearchParams; readonly person: FakePerson }>();
  #port = 0;
  #key: SigningKey | undefined;
  /** Changes the discovery document. */
  metadata: Readonly<Record<string, unknown>> = {};
  /** Claims that the next ID tokens get besides the right ones. */
  claims: JWTPayload = {};
  down = false;
  /** Requests by path. */
  readonly seen: string[] = [];

  static async start(): Promise<FakeProvider> {
    const provider = new FakeProvider();
    await provider.rotateKeys();
    provider.#port = await provider.#servers.http((request, response) => {
      provider.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get key(): SigningKey {
    if (this.#key === undefined) throw new Error('the provider has no key yet');
    return this.#key;
  }

  /** A new signing key in place of the old one. */
  async rotateKeys(): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const kid = randomUUID();
    this.#key = { jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }, privateKey };
  }

  /** The person signs in on the provider's page: answers where the browser is sent back to. */
  approve(authorizationUrl: string, person: FakePerson): URL {
    const { searchParams: query } = new URL(authorizationUrl);
    const code = randomUUID();
    this.#codes.set(code, { query, person });
    const back = new URL(query.get('redirect_uri') ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    back.searchParams.set('iss', this.issuer);
    return back;
  }

  /** A token with the right signature, issuer and times, and what the test says besides. */
  async token(
    claims: JWTPayload,
    header: Partial<JWTHeaderParameters> = {},
    key: CryptoKey | Uint8Array = this.key.privateKey,
  ): Promise<string> {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    return new SignJWT({ iss: this.issuer, iat: nowSeconds, exp: nowSeconds + 300, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: this.key.jwk.kid, ...header })
      .sign(key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#servers[Symbol.asyncDispose]();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '', this.issuer);
    this.seen.push(pathname);
    if (this.down) return void response.writeHead(503).end();
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return json(response, 200, {
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/authorize`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/keys`,
          ...this.metadata,
        });
      case '/keys':
        return json(response, 200, { keys: [this.key.jwk] });
      case '/token':
        return json(response, ...(await this.#exchange(request)));
      default:
        return json(response, 404, {});
    }
  }

  async #exchange(request: IncomingMessage): Promise<readonly [number, object]> {
    const form = new URLSearchParams(await textOf(request));
    const known = this.#codes.get(form.get('code') ?? '');
    this.#codes.delete(form.get('code') ?? '');
    const basic = `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')}`;
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (
      known === undefined ||
      request.headers.authorization !== basic ||
      form.get('grant_type') !== 'authorization_code' ||
      form.get('redirect_uri') !== known.query.get('redirect_uri') ||
      known.query.get('code_challenge_method') !== 'S256' ||
      challenge !== known.query.get('code_challenge')
    ) {
      return [400, { error: 'invalid_grant' }];
    }
    const nonce = known.query.get('nonce');
    const claims = { aud: CLIENT_ID, nonce, ...known.person, ...this.claims };
    return [200, { id_token: await this.token(claims), token_type: 'Bearer', access_token: 'unused' }];
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
