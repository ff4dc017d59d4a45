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
  refuseUnknown,
  requiredText,
  urlSchema,
} from '../azure/read-settings.ts';
import { ConnectorConfigError } from '../config-error.ts';
import { parseTlsConfig, type TlsConfig, tlsConfigSchema } from '../tls/tls-config.ts';

/** Settings of a destination with every default filled in. */
export interface SentinelDataCollectorConfig {
  /** The Log Analytics workspace, in lower case. */
  readonly workspaceId: string;
  /** Name of the table without `_CL`, which the service adds. */
  readonly logType: string;
  readonly cloud: AzureCloudName;
  readonly endpoint: URL;
  readonly tls: TlsConfig;
}

/** Not `AegisOcsf`: a table that this API has made cannot take the template of the Logs Ingestion API. */
const DEFAULT_LOG_TYPE = 'AegisOcsfClassic';
export const LOG_TYPE_PATTERN = '^[A-Za-z][A-Za-z0-9_]{0,99}$';

export const sentinelDataCollectorConfigSchema = Object.freeze({
  type: 'object',
  additionalProperties: false,
  required: ['workspace_id'],
  properties: {
    workspace_id: { ...guidSchema, description: 'Id of the Log Analytics workspace.' },
    log_type: {
      type: 'string',
      pattern: LOG_TYPE_PATTERN,
      default: DEFAULT_LOG_TYPE,
      description: 'Name of the table without _CL: letters, digits and underscores, at most 100.',
    },
    cloud: { ...cloudSchema, description: 'Azure cloud. Chooses the address.' },
    endpoint: { ...urlSchema, description: 'Address of the API, where it is not the one of the cloud.' },
    tls: tlsConfigSchema,
  },
});

const CONFIG_FIELDS = Object.keys(sentinelDataCollectorConfigSchema.properties);
const LOG_TYPE = new RegExp(LOG_TYPE_PATTERN);

/** Checks settings beyond what a schema can say. Throws `ConnectorConfigError` at the first mistake. */
export function parseSentinelDataCollectorConfig(config: JsonObject): SentinelDataCollectorConfig {
  refuseUnknown('config', config, CONFIG_FIELDS);
  const cloud = cloudOf(config);
  const workspaceId = workspaceOf(config);
  const own = `https://${workspaceId}${AZURE_CLOUDS[cloud].dataCollectorSuffix}`;
  const endpoint = originOf(
    optionalText(config, 'endpoint') ?? own,
    'endpoint',
    `It is ${own} for this workspace and cloud; leave it unset.`,
  );
  return {
    workspaceId,
    logType: logTypeOf(config),
    cloud,
    endpoint,
    tls: parseTlsConfig(config['tls']),
  };
}

/** Everything that decides where the stored key's signatures go: see `sentinelLogsIngestionAddress`. */
export function sentinelDataCollectorAddress(config: JsonObject): string {
  return JSON.stringify([parseSentinelDataCollectorConfig(config).endpoint.origin]);
}

/** Whether the endpoint is the cloud's own, or named by the operator's list. */
export function sentinelDataCollectorHostVerdict(
  config: SentinelDataCollectorConfig,
  listAllows: (url: URL) => boolean,
): AzureHostVerdict {
  const addresses = [{ field: 'endpoint', purpose: 'data_collector', url: config.endpoint }] as const;
  return azureHostVerdict({ cloud: config.cloud, addresses }, AZURE_CLOUDS, listAllows);
}

function workspaceOf(config: JsonObject): string {
  const text = requiredText(
    config,
    'workspace_id',
    'It is on the page of the Log Analytics workspace, under Agents.',
  );
  if (GUID.test(text)) return text.toLowerCase();
  const hint = text.startsWith('/subscriptions/') ? 'This is the resource id of the workspace.' : '';
  throw new ConnectorConfigError(
    'config',
    '/workspace_id',
    `Must be a GUID: the workspace id, shown on the page of the Log Analytics workspace under Agents. ${hint}`.trim(),
  );
}

function logTypeOf(config: JsonObject): string {
  const text = optionalText(config, 'log_type') ?? DEFAULT_LOG_TYPE;
  const fail = (why: string): never => {
    throw new ConnectorConfigError('config', '/log_type', why);
  };
  if (!LOG_TYPE.test(text)) {
    return fail('Must be a letter, then letters, digits or underscores, at most 100 characters.');
  }
  return /_CL$/i.test(text)
    ? fail('Must not end in _CL: the service adds it to the name of the table.')
    : text;
}
