import type { JsonObject, JsonValue } from '../../json.ts';
import { plainUrl, refuseUnknown } from '../azure/read-settings.ts';
import { ConnectorConfigError } from '../config-error.ts';
import { parseTlsConfig, type TlsConfig, tlsConfigSchema } from '../tls/tls-config.ts';

/** Settings of a Splunk destination with every default filled in. */
export interface SplunkHecConfig {
  /** Where events are posted: the collector's address with `/services/collector/event`. */
  readonly eventUrl: URL;
  readonly ackUrl: URL;
  /** Absent: the token's own default index. */
  readonly index?: string;
  readonly source: string;
  /** Begins with `ocsf:`, so that Splunk's OCSF add-on picks it up. */
  readonly sourcetype: string;
  /** Absent: Splunk takes the sender's address. */
  readonly host?: string;
  readonly gzip: boolean;
  readonly indexerAcknowledgement: boolean;
  readonly tls: TlsConfig;
}

const DEFAULT_SOURCE = 'aegis-siem';
const DEFAULT_SOURCETYPE = 'ocsf:aegis';
export const WORD = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
} as const;
/** Names that Splunk gives to indexes: lower case, digits, _ and -. */
export const INDEX_PATTERN = '^[a-z0-9_][a-z0-9_-]*$';

export const splunkHecConfigSchema = Object.freeze({
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  properties: {
    url: {
      type: 'string',
      minLength: 8,
      maxLength: 2_048,
      description: 'Address of the collector, such as https://splunk.example.com:8088; the path is added.',
    },
    index: {
      ...WORD,
      pattern: INDEX_PATTERN,
      description: 'Index for the events; the default index of the token when absent.',
    },
    source: { ...WORD, default: DEFAULT_SOURCE, description: 'Source of the events.' },
    sourcetype: {
      ...WORD,
      default: DEFAULT_SOURCETYPE,
      description: 'Source type; the OCSF add-on looks for ocsf:*.',
    },
    host: { ...WORD, description: 'Host field of the events; the sender as Splunk sees it when absent.' },
    gzip: { type: 'boolean', default: true, description: 'Compress requests.' },
    indexer_acknowledgement: {
      type: 'boolean',
      default: false,
      description:
        'Count an event as delivered only when an indexer acknowledged it; the token must have it on.',
    },
    tls: tlsConfigSchema,
  },
});

const COLLECTOR_PATH = /\/services\/collector(?:\/event)?(?:\/1\.0)?\/?$/;
const OTHER_ENDPOINT = /\/services\/collector\/(?<name>raw|ack|health)(?:\/1\.0)?\/?$/;

/**
 * Reads the settings of a destination and fills in defaults. Throws `ConnectorConfigError`. What the schema says is checked
 * here too: a store can be written past the API.
 */
export function parseSplunkHecConfig(config: JsonObject): SplunkHecConfig {
  refuseUnknown('config', config, Object.keys(splunkHecConfigSchema.properties));
  const base = baseOf(config['url']);
  const index = textOf(config, '/index', INDEX_PATTERN);
  const host = textOf(config, '/host', WORD.pattern);
  return {
    eventUrl: new URL(`${base}/services/collector/event`),
    ackUrl: new URL(`${base}/services/collector/ack`),
    ...(index === undefined ? {} : { index }),
    source: textOf(config, '/source', WORD.pattern) ?? DEFAULT_SOURCE,
    sourcetype: textOf(config, '/sourcetype', WORD.pattern) ?? DEFAULT_SOURCETYPE,
    ...(host === undefined ? {} : { host }),
    gzip: switchOf(config, '/gzip') ?? true,
    indexerAcknowledgement: switchOf(config, '/indexer_acknowledgement') ?? false,
    tls: parseTlsConfig(config['tls']),
  };
}

/** Where the stored token would go: another text needs the credentials again. */
export function splunkHecAddress(config: JsonObject): string {
  return JSON.stringify([parseSplunkHecConfig(config).eventUrl.origin]);
}

function baseOf(value: JsonValue | undefined): string {
  const fail = (why: string): never =>
    refuse('/url', `${why} It is an address such as https://splunk.example.com:8088.`);
  if (typeof value !== 'string') return fail('Is missing, or is no text.');
  const url = plainUrl(value, fail);
  const other = OTHER_ENDPOINT.exec(url.pathname)?.groups?.['name'];
  if (other !== undefined) return fail(`Leave out the path: /${other} takes no events.`);
  const path = url.pathname
    .replaceAll(/\/{2,}/g, '/')
    .replace(COLLECTOR_PATH, '')
    .replace(/\/$/, '');
  return `${url.origin}${path}`;
}

function textOf(settings: JsonObject, pointer: string, pattern: string): string | undefined {
  const value = settings[nameIn(pointer)];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return refuse(pointer, 'Must be a text.');
  if (value.length > WORD.maxLength) return refuse(pointer, `Is longer than ${WORD.maxLength} characters.`);
  if (!new RegExp(pattern, 'u').test(value)) return refuse(pointer, `Does not fit ${pattern}.`);
  return value;
}

function switchOf(settings: JsonObject, pointer: string): boolean | undefined {
  const value = settings[nameIn(pointer)];
  if (value === undefined || typeof value === 'boolean') return value;
  return refuse(pointer, 'Must be true or false.');
}

function nameIn(pointer: string): string {
  return pointer.slice(pointer.lastIndexOf('/') + 1);
}

function refuse(pointer: string, message: string): never {
  throw new ConnectorConfigError('config', pointer, message);
}
