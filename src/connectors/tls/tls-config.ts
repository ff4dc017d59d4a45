import type { TlsSettings } from '../../egress/egress.ts';
import type { JsonObject, JsonValue } from '../../json.ts';
import { ConnectorConfigError } from '../config-error.ts';
import type { Credentials } from '../connector.ts';
import { CLIENT_KEY } from './client-key.ts';

/** What a destination says of TLS in its public settings: the same for every type. */
export type TlsConfig = Pick<TlsSettings, 'caPem' | 'clientCertPem'>;

const MAX_PEM_CHARS = 64 * 1024;
export const PEM = {
  type: 'string',
  maxLength: MAX_PEM_CHARS,
  pattern: '-----BEGIN CERTIFICATE-----',
} as const;
const PEM_PATTERN = new RegExp(PEM.pattern);

/** JSON Schema of `config.tls`. */
export const tlsConfigSchema = Object.freeze({
  type: 'object',
  additionalProperties: false,
  properties: {
    ca_pem: {
      ...PEM,
      description:
        'Authority to trust in place of the system list, PEM; several one after another. For one of your own, or of a proxy that inspects TLS.',
    },
    client_cert_pem: {
      ...PEM,
      description: `Our certificate for mutual TLS, PEM; its key is the credential ${CLIENT_KEY}.`,
    },
  },
});

/** Reads `config.tls`. Throws `ConnectorConfigError`. What the schema says is checked too: a store can be written past the API. */
export function parseTlsConfig(value: JsonValue | undefined): TlsConfig {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('/tls', 'Must be an object.');
  const tls = value as JsonObject;
  const known = Object.keys(tlsConfigSchema.properties);
  if (Object.keys(tls).some((name) => !known.includes(name)))
    refuse('/tls', `Has a setting that there is not. Known are ${known.join(', ')}.`);
  const caPem = pemOf(tls, 'ca_pem');
  const clientCertPem = pemOf(tls, 'client_cert_pem');
  return {
    ...(caPem === undefined ? {} : { caPem }),
    ...(clientCertPem === undefined ? {} : { clientCertPem }),
  };
}

/** What a connection of the destination is made with; undefined where it has nothing of its own. */
export function tlsSettings(tls: TlsConfig, credentials: Credentials): TlsSettings | undefined {
  if (tls.caPem === undefined && tls.clientCertPem === undefined) return undefined;
  const clientKeyPem = credentials[CLIENT_KEY];
  return { ...tls, ...(clientKeyPem === undefined ? {} : { clientKeyPem }) };
}

function pemOf(tls: JsonObject, name: 'ca_pem' | 'client_cert_pem'): string | undefined {
  const value = tls[name];
  if (value === undefined) return undefined;
  const pointer = `/tls/${name}`;
  if (typeof value !== 'string') return refuse(pointer, 'Must be a text.');
  if (value.length > MAX_PEM_CHARS) return refuse(pointer, `Is longer than ${MAX_PEM_CHARS} characters.`);
  if (!PEM_PATTERN.test(value)) return refuse(pointer, `Does not fit ${PEM.pattern}.`);
  return value;
}

function refuse(pointer: string, message: string): never {
  throw new ConnectorConfigError('config', pointer, message);
}
