import { ConnectorConfigError } from '../connectors/config-error.ts';
import type { Credentials } from '../connectors/connector.ts';
import {
  parseSentinelDataCollectorConfig,
  sentinelDataCollectorAddress,
  sentinelDataCollectorConfigSchema,
  sentinelDataCollectorHostVerdict,
} from '../connectors/sentinel-data-collector/config.ts';
import {
  checkSentinelDataCollectorCredentials,
  sentinelDataCollectorCredentialsSchema,
} from '../connectors/sentinel-data-collector/credentials.ts';
import { LEGACY_NOTICE } from '../connectors/sentinel-data-collector/legacy-notice.ts';
import {
  parseSentinelLogsIngestionConfig,
  sentinelLogsIngestionAddress,
  sentinelLogsIngestionConfigSchema,
  sentinelLogsIngestionHostVerdict,
} from '../connectors/sentinel-logs-ingestion/config.ts';
import {
  checkSentinelLogsIngestionCredentials,
  sentinelLogsIngestionCredentialsSchema,
} from '../connectors/sentinel-logs-ingestion/credentials.ts';
import {
  parseSplunkHecConfig,
  splunkHecAddress,
  splunkHecConfigSchema,
} from '../connectors/splunk-hec/config.ts';
import {
  checkSplunkHecCredentials,
  splunkHecCredentialsSchema,
} from '../connectors/splunk-hec/credentials.ts';
import { checkTls } from '../connectors/tls/check-tls.ts';
import type { DestinationKinds } from './destination-kind.ts';

/** Throws `ConnectorConfigError` for a credential that is not there. */
function need(credentials: Credentials, field: string, message: string): void {
  if ((credentials[field] ?? '') === '') throw new ConnectorConfigError('credentials', `/${field}`, message);
}

/** The types of destinations, as their connectors describe themselves. */
export const DESTINATION_KINDS: DestinationKinds = Object.freeze<DestinationKinds>({
  splunk_hec: {
    configSchema: splunkHecConfigSchema,
    credentialsSchema: splunkHecCredentialsSchema,
    address: splunkHecAddress,
    // As it was written: what URL parsing would drop in silence must be seen by the policy.
    urls: ({ url }) => (typeof url === 'string' ? [{ field: 'url', url }] : []),
    check: (config, credentials) => {
      need(credentials, 'token', 'Is missing. It is the value of the HEC token, as Splunk shows it.');
      checkSplunkHecCredentials(parseSplunkHecConfig(config), credentials);
    },
  },
  sentinel_logs_ingestion: {
    configSchema: sentinelLogsIngestionConfigSchema,
    credentialsSchema: sentinelLogsIngestionCredentialsSchema,
    address: sentinelLogsIngestionAddress,
    urls: (config) => {
      const { endpoint, authority } = parseSentinelLogsIngestionConfig(config);
      return [
        { field: 'endpoint', url: endpoint.href },
        { field: 'authority_host', url: authority.href },
      ];
    },
    hostVerdict: (config, listAllows) =>
      sentinelLogsIngestionHostVerdict(parseSentinelLogsIngestionConfig(config), listAllows),
    check: (config, credentials) => {
      const { auth, tls } = parseSentinelLogsIngestionConfig(config);
      checkSentinelLogsIngestionCredentials(auth, credentials);
      checkTls(tls, credentials);
    },
    usesAmbientIdentity: ({ auth }) => auth === 'workload_identity' || auth === 'managed_identity',
  },
  sentinel_data_collector: {
    configSchema: sentinelDataCollectorConfigSchema,
    credentialsSchema: sentinelDataCollectorCredentialsSchema,
    address: sentinelDataCollectorAddress,
    urls: (config) => [{ field: 'endpoint', url: parseSentinelDataCollectorConfig(config).endpoint.href }],
    hostVerdict: (config, listAllows) =>
      sentinelDataCollectorHostVerdict(parseSentinelDataCollectorConfig(config), listAllows),
    check: (config, credentials) => {
      const { tls } = parseSentinelDataCollectorConfig(config);
      checkSentinelDataCollectorCredentials(credentials);
      checkTls(tls, credentials);
    },
    notice: LEGACY_NOTICE,
  },
});
