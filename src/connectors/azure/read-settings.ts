import type { JsonObject, JsonValue } from '../../json.ts';
import { ConnectorConfigError } from '../config-error.ts';
import { AZURE_CLOUD_NAMES, type AzureCloudName } from './azure-cloud.ts';

export const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const GUID_PATTERN = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';
const MAX_URL_CHARS = 2_048;
/** Anything but visible ASCII: the URL parser drops tabs and line breaks without a word, and maps look-alikes. */
const NOT_VISIBLE_ASCII = /[^\x21-\x7e]/;

/** JSON Schema of a GUID. */
export const guidSchema = Object.freeze({ type: 'string', pattern: GUID_PATTERN });
export const urlSchema = Object.freeze({ type: 'string', minLength: 1, maxLength: MAX_URL_CHARS });
export const cloudSchema = Object.freeze({ type: 'string', enum: AZURE_CLOUD_NAMES, default: 'public' });

/** Refuses a setting that there is not. Settings are checked here too, since a store can be written past the API. */
export function refuseUnknown(
  part: 'config' | 'credentials',
  given: JsonObject | Readonly<Record<string, string>>,
  known: readonly string[],
): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw new ConnectorConfigError(
      part,
      `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      `There is no such setting. Known are ${known.join(', ')}.`,
    );
  }
}

export function optionalText(config: JsonObject, name: string): string | undefined {
  const value: JsonValue | undefined = config[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new ConnectorConfigError('config', `/${name}`, 'Must be a text that is not empty.');
}

export function requiredText(config: JsonObject, name: string, whereToFind: string): string {
  const value = optionalText(config, name);
  if (value !== undefined) return value;
  throw new ConnectorConfigError('config', `/${name}`, `Is missing. ${whereToFind}`);
}

export function cloudOf(config: JsonObject): AzureCloudName {
  const value = optionalText(config, 'cloud') ?? 'public';
  const cloud = AZURE_CLOUD_NAMES.find((name) => name === value);
  if (cloud !== undefined) return cloud;
  throw new ConnectorConfigError('config', '/cloud', `Must be one of ${AZURE_CLOUD_NAMES.join(', ')}.`);
}

/** A scheme, host and port with nothing after it. `hint` says where the right value is found. */
export function originOf(text: string, name: string, hint: string): URL {
  const fail = (why: string): never => {
    throw new ConnectorConfigError('config', `/${name}`, `${why} ${hint}`);
  };
  const url = plainUrl(text, fail);
  if (url.pathname !== '/') return fail('Must end after the host, without a path.');
  return url;
}

/** A URL without anything that a person may have overlooked. `fail` throws. */
export function plainUrl(text: string, fail: (why: string) => never): URL {
  if (text.length > MAX_URL_CHARS) return fail(`Is longer than ${MAX_URL_CHARS} characters.`);
  if (NOT_VISIBLE_ASCII.test(text) || text.includes('\\')) {
    return fail('Holds a space, a backslash, a line break or another character that a URL has not.');
  }
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return fail('Must be a URL that begins with https://.');
  }
  if (!/^https?:\/\/[^/]/i.test(text)) return fail('Must name a host after https://.');
  if (url.username !== '' || url.password !== '') return fail('Must not hold a user name or password.');
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text))
    return fail('Must not hold a query or fragment.');
  return url;
}
