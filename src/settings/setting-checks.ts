import { createAddressPolicy } from '../egress/address-policy.ts';
import { parseIp } from '../egress/ip-address.ts';
import { splitKeyCommand } from '../secrets/run-key-command.ts';

/** A host name or an IP address, as `listen` takes it. */
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*$/i;

/** Says what is wrong with a store address. Never repeats it: it may hold a password. */
export function checkStoreUrl(value: string): string | undefined {
  if (value.startsWith('sqlite:')) {
    const path = value.slice('sqlite:'.length);
    if (path === '' || path.startsWith('//'))
      return 'sqlite: needs a file path, such as sqlite:./data/aegis.db';
    if (path === ':memory:') return 'sqlite::memory: would lose every record at the end; name a file';
    return path.includes('\0') ? 'the path holds a NUL character' : undefined;
  }
  if (/^postgres(ql)?:/.test(value)) {
    const url = URL.parse(value);
    if (url === null || url.pathname.length < 2) {
      return 'not a PostgreSQL address; it looks like postgres://USER:PASSWORD@HOST:PORT/DATABASE';
    }
    return undefined;
  }
  return 'must begin with sqlite: or postgres:';
}

/** A store address fit to be shown: the password of a PostgreSQL address is left out. */
export function hideUrlPassword(value: string): string {
  const url = value.startsWith('sqlite:') ? null : URL.parse(value);
  if (url === null) return value.startsWith('sqlite:') ? value : '(set)';
  if (url.password !== '') url.password = '***';
  // libpq also takes a password in the query.
  for (const name of url.searchParams.keys()) {
    if (/pass/i.test(name)) url.searchParams.set(name, '***');
  }
  return url.href;
}

export function checkHost(value: string): string | undefined {
  if (parseIp(value) !== undefined || HOST_NAME.test(value)) return undefined;
  return 'not a host name or IP address';
}

export function checkEgressAllow(value: string): string | undefined {
  try {
    createAddressPolicy(value);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** An https address without a path; plain http for the same machine only, since the session is in a cookie. */
export function checkPublicUrl(value: string): string | undefined {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol))
    return 'not an address such as https://siem.example.com';
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    return 'only scheme, host and port belong here, such as https://siem.example.com';
  }
  return plainHttpMistake(url);
}

/** Never repeats the command: its arguments may hold a secret. */
export function checkKeyCommand(value: string): string | undefined {
  if (value === '' || splitKeyCommand(value) !== undefined) return undefined;
  return 'not a command; write words parted by spaces, or a JSON list of texts such as ["vault", "kv", "get"]';
}

/** An issuer as OpenID Connect has it: an https address that may have a path, and nothing after it. */
export function checkIssuer(value: string): string | undefined {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol))
    return 'not an address such as https://login.example.com';
  if (url.search !== '' || url.hash !== '' || url.username !== '') {
    return 'an issuer has neither a query nor a fragment nor a user name';
  }
  return plainHttpMistake(url);
}

function plainHttpMistake(url: URL): string | undefined {
  const onThisMachine = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  return url.protocol === 'http:' && !onThisMachine
    ? 'must be https, except on localhost or 127.0.0.1'
    : undefined;
}

export function checkHttpUrl(value: string): string | undefined {
  const url = URL.parse(value);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return 'not an http or https address';
  return url.username === '' && url.password === '' ? undefined : 'holds a user or password; leave them out';
}

export function checkSmtpUrl(value: string): string | undefined {
  const url = URL.parse(value);
  if (url === null || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    return 'not a mail server; it looks like smtp://USER@HOST:PORT';
  }
  return url.password === ''
    ? undefined
    : 'holds a password; put it into AEGIS_SIEM_NOTICE_SMTP_PASSWORD_FILE';
}
