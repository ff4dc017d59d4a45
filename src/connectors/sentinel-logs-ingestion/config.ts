import type { JsonObject } from '../../json.ts';
import { AZURE_CLOUDS, type AzureCloudName } from '../azure/azure-cloud.ts';
import { type AzureHostVerdict, azureHostVerdict } from '../azure/azure-host-verdict.ts';
import {
  cloudOf,
  cloudSchema,
  GUID,
  guidSchema,
  optionalText,
  originOf,
  plainUrl,
  refuseUnknown,
  requiredText,
  urlSchema,
} from '../azure/read-settings.ts';
import { ConnectorConfigError } from '../config-error.ts';
import { STREAM_NAME } from '../sentinel/columns.ts';
import { parseTlsConfig, type TlsConfig, tlsConfigSchema } from '../tls/tls-config.ts';

/** How the destination signs in to Entra ID. The last two use the identity of the machine. */
export type SentinelAuth = 'client_secret' | 'certificate' | 'workload_identity' | 'managed_identity';

const SENTINEL_AUTHS: readonly SentinelAuth[] = Object.freeze([
  'client_secret',
  'certificate',
  'workload_identity',
  'managed_identity',
]);

/** Settings of a destination with every default filled in. */
export interface SentinelLogsIngestionConfig {
  readonly endpoint: URL;
  readonly dcrImmutableId: string;
  readonly stream: string;
  readonly auth: SentinelAuth;
  readonly cloud: AzureCloudName;
  /** Absent where the identity of the machine brings it. */
  readonly tenantId?: string;
  readonly clientId?: string;
  readonly authority: URL;
  readonly scope: string;
  /** For the endpoint and the sign-in service alike. */
  readonly tls: TlsConfig;
}

export const DCR_PATTERN = '^dcr-[0-9a-f]{32}$';
export const STREAM_PATTERN = '^Custom-[A-Za-z][A-Za-z0-9_]{0,99}$';
/** A GUID, or a domain name of the tenant. `common` and its like name no tenant. */
export const TENANT_PATTERN =
  '^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$';
const MAX_TENANT_CHARS = 253;
const NO_TENANT = new Set(['common', 'organizations', 'consumers']);

export const sentinelLogsIngestionConfigSchema = Object.freeze({
  type: 'object',
  additionalProperties: false,
  required: ['endpoint', 'dcr_immutable_id'],
  properties: {
    endpoint: {
      ...urlSchema,
      description:
        'Logs ingestion address of the data collection rule or endpoint, such as https://NAME.REGION-1.ingest.monitor.azure.com.',
    },
    dcr_immutable_id: {
      type: 'string',
      pattern: DCR_PATTERN,
      description: 'Immutable id of the data collection rule: dcr- and 32 hex digits.',
    },
    stream: {
      type: 'string',
      pattern: STREAM_PATTERN,
      default: STREAM_NAME,
      description: 'Stream that the rule declares. The shipped template declares the default.',
    },
    tenant_id: {
      type: 'string',
      pattern: TENANT_PATTERN,
      maxLength: MAX_TENANT_CHARS,
      description: 'Directory (tenant) id of the application.',
    },
    client_id: { ...guidSchema, description: 'Application (client) id.' },
    auth: { type: 'string', enum: SENTINEL_AUTHS, default: 'client_secret' },
    cloud: { ...cloudSchema, description: 'Azure cloud. Chooses sign-in address and scope.' },
    authority_host: { ...urlSchema, description: 'Sign-in address, where it is not the one of the cloud.' },
    scope: { ...urlSchema, description: 'Scope of the token, where it is not the one of the cloud.' },
    tls: tlsConfigSchema,
  },
});

const CONFIG_FIELDS = Object.keys(sentinelLogsIngestionConfigSchema.properties);
const DCR = new RegExp(DCR_PATTERN);
const STREAM = new RegExp(STREAM_PATTERN);
const TENANT = new RegExp(TENANT_PATTERN);

/** Checks settings beyond what a schema can say. Throws `ConnectorConfigError` at the first mistake. */
export function parseSentinelLogsIngestionConfig(config: JsonObject): SentinelLogsIngestionConfig {
  refuseUnknown('config', config, CONFIG_FIELDS);
  const cloud = cloudOf(config);
  const auth = authOf(config);
  const tenantId = tenantOf(config, auth);
  const clientId = clientOf(config, auth);
  return {
    endpoint: originOf(
      requiredText(
        config,
        'endpoint',
        'It is shown on the page of the data collection rule, as "Logs ingestion".',
      ),
      'endpoint',
      'Give the logs ingestion address as the rule shows it, such as https://NAME.REGION-1.ingest.monitor.azure.com.',
    ),
    dcrImmutableId: dcrOf(config),
    stream: streamOf(config),
    auth,
    cloud,
    authority: authorityOf(config, cloud),
    scope: scopeOf(config, cloud),
    tls: parseTlsConfig(config['tls']),
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(clientId === undefined ? {} : { clientId }),
  };
}

/**
 * Everything that decides where a stored credential goes. When this changes, the credentials are needed again in the same
 * request. A default counts as its value, so that writing it out changes nothing.
 */
export function sentinelLogsIngestionAddress(config: JsonObject): string {
  const { endpoint, authority, tenantId, scope } = parseSentinelLogsIngestionConfig(config);
  return JSON.stringify([endpoint.origin, authority.origin, tenantId ?? '', scope]);
}

/** Whether endpoint, sign-in address and scope are the cloud's own, or named by the operator's list. */
export function sentinelLogsIngestionHostVerdict(
  config: SentinelLogsIngestionConfig,
  listAllows: (url: URL) => boolean,
): AzureHostVerdict {
  return azureHostVerdict(
    {
      cloud: config.cloud,
      addresses: [
        { field: 'endpoint', purpose: 'logs_ingestion', url: config.endpoint },
        { field: 'authority_host', purpose: 'login', url: config.authority },
        { field: 'scope', purpose: 'scope', url: new URL(config.scope) },
      ],
    },
    AZURE_CLOUDS,
    listAllows,
  );
}

function authOf(config: JsonObject): SentinelAuth {
  const value = optionalText(config, 'auth') ?? 'client_secret';
  const auth = SENTINEL_AUTHS.find((name) => name === value);
  if (auth !== undefined) return auth;
  throw new ConnectorConfigError('config', '/auth', `Must be one of ${SENTINEL_AUTHS.join(', ')}.`);
}

function dcrOf(config: JsonObject): string {
  const text = requiredText(
    config,
    'dcr_immutable_id',
    'It is on the page of the data collection rule, under JSON view, as immutableId.',
  );
  if (DCR.test(text)) return text;
  const hint = text.startsWith('/subscriptions/')
    ? 'This is the resource id of the rule. What is needed is its immutableId, shown under JSON view.'
    : 'It begins with dcr- and has 32 hex digits after it, in lower case (JSON view of the rule, immutableId).';
  throw new ConnectorConfigError('config', '/dcr_immutable_id', `Is not the immutable id of a rule. ${hint}`);
}

function streamOf(config: JsonObject): string {
  const text = optionalText(config, 'stream') ?? STREAM_NAME;
  if (STREAM.test(text)) return text;
  const hint = text.startsWith('Custom-')
    ? 'After Custom- come a letter, then letters, digits and underscores.'
    : `It begins with Custom-; the shipped template declares ${STREAM_NAME}.`;
  throw new ConnectorConfigError('config', '/stream', `Is not the name of a stream for these rows. ${hint}`);
}

function tenantOf(config: JsonObject, auth: SentinelAuth): string | undefined {
  const text =
    auth === 'client_secret' || auth === 'certificate'
      ? requiredText(config, 'tenant_id', 'It is the directory (tenant) id of the app registration.')
      : optionalText(config, 'tenant_id');
  if (text === undefined) return undefined;
  if (text.length <= MAX_TENANT_CHARS && TENANT.test(text) && !NO_TENANT.has(text.toLowerCase())) {
    return text.toLowerCase();
  }
  const hint = /[/:]/.test(text)
    ? 'This is a URL; give the id alone, and the sign-in address in authority_host.'
    : '';
  throw new ConnectorConfigError(
    'config',
    '/tenant_id',
    `Is not a tenant. It is a GUID, or a domain name of the tenant. ${hint}`.trim(),
  );
}

function clientOf(config: JsonObject, auth: SentinelAuth): string | undefined {
  const text =
    auth === 'client_secret' || auth === 'certificate'
      ? requiredText(config, 'client_id', 'It is the application (client) id of the app registration.')
      : optionalText(config, 'client_id');
  if (text === undefined || GUID.test(text)) return text?.toLowerCase();
  throw new ConnectorConfigError('config', '/client_id', 'Must be a GUID: the application (client) id.');
}

function authorityOf(config: JsonObject, cloud: AzureCloudName): URL {
  const [ownHost = ''] = AZURE_CLOUDS[cloud].loginHosts;
  const text = optionalText(config, 'authority_host') ?? ownHost;
  return originOf(
    text.includes('://') ? text : `https://${text}`,
    'authority_host',
    `Give the host of the sign-in service alone, such as https://${ownHost}, or leave it unset.`,
  );
}

function scopeOf(config: JsonObject, cloud: AzureCloudName): string {
  const own = `${AZURE_CLOUDS[cloud].monitorResource}/.default`;
  const text = optionalText(config, 'scope') ?? own;
  const fail = (why: string): never => {
    throw new ConnectorConfigError('config', '/scope', `${why} It is ${own} in this cloud; leave it unset.`);
  };
  plainUrl(text, fail);
  return text.endsWith('/.default') ? text : fail('Must end in /.default.');
}
