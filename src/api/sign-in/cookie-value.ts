/**
 * The value of a cookie in a `Cookie` header. Two of the same name are as good as none: one of them was planted, by another
 * host of the same domain.
 */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  const prefix = `${name}=`;
  const [value, ...more] = header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(prefix))
    .map((part) => part.slice(prefix.length));
  return more.length === 0 ? value : undefined;
}

/** `__Host-` makes the browser hold a cookie to this host, to https and to the whole site; it is refused over plain http. */
export function cookieName(base: string, secure: boolean): string {
  return secure ? `__Host-${base}` : base;
}
