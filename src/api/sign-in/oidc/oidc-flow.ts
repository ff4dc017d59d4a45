import { createHash, timingSafeEqual } from 'node:crypto';
import type { Sealer } from '../../../secrets/sealer.ts';
import { UnsealError } from '../../../secrets/unseal-error.ts';
import type { Principal } from '../../principal.ts';
import { Problem } from '../../problem.ts';
import { cookieName, cookieValue } from '../cookie-value.ts';
import type { OutsideOrigin } from '../outside-origin.ts';
import type { OidcGrant } from './oidc-grants.ts';
import { personOf } from './oidc-person.ts';
import type { OidcProvider } from './oidc-provider.ts';

export const OIDC_CALLBACK_PATH = '/v1/session/oidc/callback';

/** From leaving for the provider to coming back. */
const MAX_AWAY_MS = 10 * 60_000;
/** An ID token is used at once. */
const MAX_ID_TOKEN_AGE_SECONDS = 10 * 60;
const RANDOM_BYTES = 32;
const MAX_RETURN_TO_CHARS = 1_000;
/** States that came back and may not come back again. Beyond it the oldest is forgotten; the provider refuses its code too. */
const MAX_USED_STATES = 10_000;
const COOKIE = 'aegis_oidc';

export interface OidcClient {
  readonly provider: OidcProvider;
  readonly clientId: string;
  /** Absent: a public client, held by PKCE alone. */
  readonly clientSecret?: string;
  /** `aud` of access tokens for the API; absent: none is taken. */
  readonly audience?: string;
  readonly grants: readonly OidcGrant[];
}

interface OidcFlowParts {
  readonly client: OidcClient;
  readonly sealer: Sealer;
  readonly random: { bytes(count: number): Uint8Array };
  readonly nowMs: () => number;
}

/** What the browser carries while it is away, sealed. */
interface Away {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
  readonly redirectUri: string;
  readonly leftAtMs: number;
}

export interface OidcAnswer {
  readonly code?: string;
  readonly state?: string;
  readonly iss?: string;
  readonly error?: string;
}

/**
 * Signing in with an identity provider: authorization code flow with PKCE
 * (https://openid.net/specs/openid-connect-core-1_0.html, section 3.1; https://www.rfc-editor.org/rfc/rfc9700).
 * Nothing is kept here while a person is away: their own browser carries it, sealed.
 */
export class OidcFlow {
  readonly #parts: OidcFlowParts;
  readonly #usedStates = new Set<string>();

  constructor(parts: OidcFlowParts) {
    this.#parts = parts;
  }

  /** Where the browser goes, and the cookie that it takes along. Throws `sign_in_unavailable`. */
  async leave(
    outside: OutsideOrigin,
    returnTo: string | undefined,
  ): Promise<{ readonly location: string; readonly cookie: string }> {
    const { client, sealer, nowMs } = this.#parts;
    const { authorizationEndpoint } = await client.provider.metadata();
    const away: Away = {
      state: this.#random(),
      nonce: this.#random(),
      verifier: this.#random(),
      returnTo: localPath(returnTo),
      redirectUri: `${outside.origin}${OIDC_CALLBACK_PATH}`,
      leftAtMs: nowMs(),
    };
    const location = new URL(authorizationEndpoint);
    for (const [name, value] of Object.entries({
      response_type: 'code',
      client_id: client.clientId,
      redirect_uri: away.redirectUri,
      scope: 'openid profile email',
      state: away.state,
      nonce: away.nonce,
      code_challenge: createHash('sha256').update(away.verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })) {
      location.searchParams.set(name, value);
    }
    const cookie = cookieText(
      sealer.seal(JSON.stringify(away), this.#context()),
      outside.secure,
      MAX_AWAY_MS / 1_000,
    );
    return { location: location.href, cookie };
  }

  /** `Set-Cookie` that takes the flow's cookie away. */
  forget(outside: OutsideOrigin): string {
    return cookieText('', outside.secure, 0);
  }

  /**
   * The person that came back, and where they wanted to go. Throws `sign_in_refused` for whatever does not fit together, with
   * the same words for all of it, `no_access` for somebody whom no grant fits, and `sign_in_unavailable`.
   */
  async comeBack(
    outside: OutsideOrigin,
    cookieHeader: string | undefined,
    answer: OidcAnswer,
  ): Promise<{ readonly person: Principal; readonly returnTo: string }> {
    const { client } = this.#parts;
    const away = this.#awayOf(cookieValue(cookieHeader, cookieName(COOKIE, outside.secure)));
    if (away === undefined || answer.state === undefined || !same(away.state, answer.state)) throw refused();
    if (away.redirectUri !== `${outside.origin}${OIDC_CALLBACK_PATH}`) throw refused();
    if (answer.iss !== undefined && answer.iss !== client.provider.issuer) throw refused();
    this.#useState(away.state);
    if (answer.error !== undefined || answer.code === undefined) throw refused();
    const idToken = await this.#idToken(answer.code, away);
    const claims = await client.provider.verify(idToken, client.clientId, {
      maxTokenAge: MAX_ID_TOKEN_AGE_SECONDS,
    });
    if (claims === undefined || typeof claims['nonce'] !== 'string' || !same(claims['nonce'], away.nonce)) {
      throw refused();
    }
    if (claims['azp'] !== undefined && claims['azp'] !== client.clientId) throw refused();
    const person = personOf(client.provider.issuer, claims, client.grants);
    if (person === undefined) throw noAccess();
    return { person, returnTo: away.returnTo };
  }

  /** The principal of an access token that a program sends for a person. Throws `unauthenticated`, `no_access`. */
  async principalOfToken(token: string): Promise<Principal> {
    const { client } = this.#parts;
    const claims =
      client.audience === undefined ? undefined : await client.provider.verify(token, client.audience);
    // A nonce marks an ID token, which tells the console who signed in and is no pass to the API.
    if (claims === undefined || claims['nonce'] !== undefined) {
      throw new Problem('unauthenticated', 'The token is not valid here.');
    }
    const person = personOf(client.provider.issuer, claims, client.grants);
    if (person === undefined) throw noAccess();
    return person;
  }

  async #idToken(code: string, away: Away): Promise<string> {
    const { provider, clientId, clientSecret } = this.#parts.client;
    const { tokenEndpoint } = await provider.metadata();
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: away.redirectUri,
      client_id: clientId,
      code_verifier: away.verifier,
    });
    const basic = (text: string): string => encodeURIComponent(text);
    const headers: Record<string, string> =
      clientSecret === undefined
        ? {}
        : {
            authorization: `Basic ${Buffer.from(`${basic(clientId)}:${basic(clientSecret)}`).toString('base64')}`,
          };
    const reply = await provider.call(tokenEndpoint, { body, headers });
    const idToken = reply.body['id_token'];
    if (reply.status !== 200 || typeof idToken !== 'string') throw refused();
    return idToken;
  }

  #awayOf(sealed: string | undefined): Away | undefined {
    if (sealed === undefined) return undefined;
    try {
      // We sealed it ourselves, from a value of this type.
      const away = JSON.parse(this.#parts.sealer.open(sealed, this.#context())) as Away;
      const ageMs = this.#parts.nowMs() - away.leftAtMs;
      return ageMs >= 0 && ageMs <= MAX_AWAY_MS ? away : undefined;
    } catch (error) {
      if (error instanceof UnsealError) return undefined;
      throw error;
    }
  }

  /** Each state once. Throws `sign_in_refused`. */
  #useState(state: string): void {
    if (this.#usedStates.has(state)) throw refused();
    if (this.#usedStates.size >= MAX_USED_STATES) {
      const [oldest] = this.#usedStates;
      if (oldest !== undefined) this.#usedStates.delete(oldest);
    }
    this.#usedStates.add(state);
  }

  #context() {
    return { workspaceId: 'sign-in', destinationId: this.#parts.client.provider.issuer, field: 'oidc/away' };
  }

  #random(): string {
    return Buffer.from(this.#parts.random.bytes(RANDOM_BYTES)).toString('base64url');
  }
}

/** `Lax`: the provider sends the browser back from another site, and a strict cookie would stay behind. */
function cookieText(value: string, secure: boolean, maxAgeSeconds: number): string {
  const base = `${cookieName(COOKIE, secure)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}`;
  return secure ? `${base}; Secure` : base;
}

/** A path of our own pages, never another host: `//host` and `/\host` are addresses to a browser. */
function localPath(path: string | undefined): string {
  const isLocal =
    path !== undefined &&
    path.length <= MAX_RETURN_TO_CHARS &&
    /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(path);
  return isLocal ? path : '/';
}

function same(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refused(): Problem {
  return new Problem('sign_in_refused', 'The sign-in did not come to an end. Begin again.');
}

function noAccess(): Problem {
  return new Problem('no_access', 'The identity provider knows you, and nobody has given you access here.');
}
