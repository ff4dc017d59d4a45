import type { JsonObject, JsonValue } from '../../json.ts';
import { ConnectorConfigError } from '../config-error.ts';
import type { TlsSettings } from '../../egress/egress.ts';

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
  readonly tls: Pick<TlsSettings, 'caPem' | 'clientCertPem'>;
}

export const DEFAULT_SOURCE = 'aegis-siem';
export const DEFAULT_SOURCETYPE = 'ocsf:aegis';
const MAX_PEM_CHARS = 64 * 1024;
const WORD = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
} as const;
const PEM = { type: 'string', maxLength: MAX_PEM_CHARS, pattern: '-----BEGIN CERTIFICATE-----' } as const;

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
      pattern: '^[a-z0-9_][a-z0-9_-]*$',
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
    tls: {
      type: 'object',
      additionalProperties: false,
      properties: {
        ca_pem: { ...PEM, description: 'Authority to trust in place of the system list, PEM.' },
        client_cert_pem: {
          ...PEM,
          description: 'Our certificate for mutual TLS, PEM; its key is the credential client_key_pem.',
        },
      },
    },
  },
});

const COLLECTOR_PATH = /\/services\/collector(?:\/event)?(?:\/1\.0)?\/?$/;

/** Reads settings that fit the schema. Throws `ConnectorConfigError` for what the schema cannot say. */
export function parseSplunkHecConfig(config: JsonObject): SplunkHecConfig {
  const base = baseOf(config['url']);
  const tls = objectOf(config['tls']);
  return {
    eventUrl: new URL(`${base}/services/collector/event`),
    ackUrl: new URL(`${base}/services/collector/ack`),
    ...optional('index', config['index']),
    source: textOf(config['source']) ?? DEFAULT_SOURCE,
    sourcetype: textOf(config['sourcetype']) ?? DEFAULT_SOURCETYPE,
    ...optional('host', config['host']),
    gzip: config['gzip'] !== false,
    indexerAcknowledgement: config['indexer_acknowledgement'] === true,
    tls: { ...optional('caPem', tls['ca_pem']), ...optional('clientCertPem', tls['client_cert_pem']) },
  };
}

/** Where the stored token would go: another text needs the credentials again. */
export function splunkHecAddress(config: JsonObject): string {
  return JSON.stringify([parseSplunkHecConfig(config).eventUrl.origin]);
}

function baseOf(value: JsonValue | undefined): string {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url === null || url.hostname === '') {
    throw new ConnectorConfigError(
      'config',
      '/url',
      'This is not a complete address such as https://splunk.example.com:8088.',
    );
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new ConnectorConfigError(
      'config',
      '/url',
      'The address must not carry a user, a query or a fragment; the token is a credential.',
    );
  }
  const path = url.pathname
    .replace(COLLECTOR_PATH, '')
    .replaceAll(/\/{2,}/g, '/')
    .replace(/\/$/, '');
  return `${url.origin}${path}`;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function optional<Name extends string>(
  name: Name,
  value: JsonValue | undefined,
): { readonly [Key in Name]?: string } {
  const text = textOf(value);
  return (text === undefined ? {} : { [name]: text }) as { readonly [Key in Name]?: string };
}
