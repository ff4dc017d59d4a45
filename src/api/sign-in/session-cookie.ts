/**
 * Names of the cookie. The `__Host-` prefix makes the browser hold it to this host, to https and to the whole site: another
 * host of the same domain cannot plant one (https://www.rfc-editor.org/rfc/rfc6265, section 4.1.3 of the draft that follows it).
 * Browsers refuse that prefix over plain http.
 */
const SECURE_NAME = '__Host-aegis_session';
const PLAIN_NAME = 'aegis_session';

/** 256 random bits. */
export const SESSION_TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** `Set-Cookie` for a new session. Never readable by script, never sent along from another site. */
export function sessionCookie(token: string, secure: boolean, maxAgeSeconds: number): string {
  const base = `${nameOf(secure)}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}`;
  return secure ? `${base}; Secure` : base;
}

/** `Set-Cookie` that takes it away. */
export function endedSessionCookie(secure: boolean): string {
  return sessionCookie('', secure, 0);
}

/**
 * The token in a `Cookie` header; undefined when there is none that could be ours. Two of the same name are as good as none:
 * one of them was planted.
 */
export function sessionTokenOf(header: string | undefined, secure: boolean): string | undefined {
  if (header === undefined) return undefined;
  const prefix = `${nameOf(secure)}=`;
  const [token, ...more] = header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(prefix))
    .map((part) => part.slice(prefix.length));
  return token !== undefined && more.length === 0 && TOKEN.test(token) ? token : undefined;
}

function nameOf(secure: boolean): string {
  return secure ? SECURE_NAME : PLAIN_NAME;
}
