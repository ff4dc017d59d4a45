/** More than any balancer sets. */
const MAX_COOKIES = 8;
/** RFC 6265, section 4.1.1: no blanks, quotes inside, commas, semicolons or backslashes; bounded by us. */
const PAIR =
  /^(?<name>[\w!#$%&'*+.^`|~-]{1,128})=(?<value>"?[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{0,1024}"?)\s*(?:;|$)/;
const DELETES = /;\s*max-age\s*=\s*(?:0|-\d+)\s*(?:;|$)/i;

/**
 * The cookies of one channel. Only the indexer that took a request knows its acknowledgement; a balancer finds it again
 * by the cookie that it set
 * (https://help.splunk.com/splunk-enterprise/get-data-in/collect-http-event-data/about-http-event-collector-indexer-acknowledgment).
 */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** Takes `Set-Cookie` headers. What is no cookie is passed over: it must not break later requests. */
  keep(setCookies: readonly string[]): void {
    for (const header of setCookies.slice(0, MAX_COOKIES)) {
      const { name, value } = PAIR.exec(header)?.groups ?? {};
      if (name === undefined || value === undefined) continue;
      this.#cookies.delete(name);
      if (!DELETES.test(header)) this.#cookies.set(name, value);
    }
    for (const oldest of this.#cookies.keys()) {
      if (this.#cookies.size <= MAX_COOKIES) break;
      this.#cookies.delete(oldest);
    }
  }

  /** The value of a `Cookie` header; undefined when there is none to send. */
  header(): string | undefined {
    if (this.#cookies.size === 0) return undefined;
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}
