import { cookieName, cookieValue } from './cookie-value.ts';

const BASE_NAME = 'aegis_session';

/** 256 random bits. */
export const SESSION_TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** `Set-Cookie` for a new session. Never readable by script, never sent along from another site. */
export function sessionCookie(token: string, secure: boolean, maxAgeSeconds: number): string {
  const name = cookieName(BASE_NAME, secure);
  const base = `${name}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}`;
  return secure ? `${base}; Secure` : base;
}

/** `Set-Cookie` that takes it away. */
export function endedSessionCookie(secure: boolean): string {
  return sessionCookie('', secure, 0);
}

/** The token in a `Cookie` header; undefined when there is none that could be ours. */
export function sessionTokenOf(header: string | undefined, secure: boolean): string | undefined {
  const token = cookieValue(header, cookieName(BASE_NAME, secure));
  return token !== undefined && TOKEN.test(token) ? token : undefined;
}
