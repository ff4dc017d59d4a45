import type { Egress } from '../egress/egress.ts';
import type { JsonObject } from '../json.ts';
import type { DestinationType, PreviewingConnector } from './connector.ts';
import type { EntraTokens } from './entra/entra-tokens.ts';
import { retryAfterMs } from './retry-after.ts';
import { parseSentinelDataCollectorConfig } from './sentinel-data-collector/config.ts';
import { SentinelDataCollectorConnector } from './sentinel-data-collector/connector.ts';
import { parseSentinelLogsIngestionConfig } from './sentinel-logs-ingestion/config.ts';
import { SentinelLogsIngestionConnector } from './sentinel-logs-ingestion/connector.ts';
import { parseSplunkHecConfig } from './splunk-hec/config.ts';
import { SplunkHecConnector } from './splunk-hec/connector.ts';

/** What the connectors of one process share. */
export interface ConnectorParts {
  readonly egress: Egress;
  /** Whether the operator's list names this address. */
  readonly listAllows: (url: URL) => boolean;
  /** Tokens of Entra ID, shared by destinations that sign in alike. */
  readonly tokens: EntraTokens;
  /** `AEGIS_SIEM_AMBIENT_IDENTITY`. */
  readonly ambientIdentity: boolean;
  /** Environment variables of the machine's identity; looked at only where that is on. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
  readonly randomUuid: () => string;
}

export interface ConnectorSettings {
  readonly type: DestinationType;
  readonly config: JsonObject;
}

/**
 * The sender for a destination. `hecChannel` is the lane's own (Splunk's acknowledgements are kept by channel). Throws
 * `ConnectorConfigError` for settings that cannot be used. A new SIEM is one more case here.
 */
export function createConnector(
  { type, config }: ConnectorSettings,
  hecChannel: string,
  parts: ConnectorParts,
): PreviewingConnector {
  const { egress, nowMs, listAllows } = parts;
  switch (type) {
    case 'splunk_hec':
      return new SplunkHecConnector({
        config: parseSplunkHecConfig(config),
        egress,
        channel: hecChannel,
        nowMs,
      });
    case 'sentinel_logs_ingestion':
      return new SentinelLogsIngestionConnector({
        config: parseSentinelLogsIngestionConfig(config),
        egress,
        nowMs,
        listAllows,
        retryAfterMs,
        tokens: parts.tokens,
        randomUuid: parts.randomUuid,
        ambientIdentity: parts.ambientIdentity,
        ambientVariables: parts.variables,
      });
    case 'sentinel_data_collector':
      return new SentinelDataCollectorConnector({
        config: parseSentinelDataCollectorConfig(config),
        egress,
        nowMs,
        listAllows,
        retryAfterMs,
      });
    default:
      return type satisfies never;
  }
}
