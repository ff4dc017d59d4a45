import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from '../problem.ts';

/**
 * A header that a form cannot send, and that script of another site cannot send without our leave (a preflight, which is never
 * answered with one).
 */
export const CSRF_HEADER = 'x-aegis-csrf';
const CSRF_VALUE = '1';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Throws `csrf_refused` unless a request that rides on a cookie comes from our own pages. Three things must agree: the fixed
 * header, what the browser says about the relation of the sites (https://www.w3.org/TR/fetch-metadata/), and the origin. A
 * request that only looks must not come from another site either; the address typed by hand is `none`.
 */
export function requireSameOrigin(method: string, headers: IncomingHttpHeaders, ownOrigin: string): void {
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  if (SAFE_METHODS.has(method)) {
    if (site !== undefined && site !== 'same-origin' && site !== 'none') throw refused();
    return;
  }
  if (headers[CSRF_HEADER] !== CSRF_VALUE) {
    throw refused(`A change needs the header "${CSRF_HEADER}: ${CSRF_VALUE}".`);
  }
  if (site === undefined && origin === undefined) throw refused();
  if (site !== undefined && site !== 'same-origin') throw refused();
  if (origin !== undefined && origin !== ownOrigin) throw refused();
}

function refused(detail = 'The request does not come from the pages of this service.'): Problem {
  return new Problem('csrf_refused', detail);
}
