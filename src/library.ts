/** What `import ... from 'aegis-siem'` gives: the public interface, name by name. Everything else is private. */
export type { Attestation } from './attestation/attestation.ts';
export { parseAttestation, type ParseResult } from './attestation/parse-attestation.ts';
export type { Refusal } from './attestation/refusal.ts';
export type { Connector, ConnectorLimits, Credentials, DestinationType } from './connectors/connector.ts';
export { EntraTokens } from './connectors/entra/entra-tokens.ts';
export type { Answer, Outcome } from './connectors/outcome.ts';
export { retryAfterMs } from './connectors/retry-after.ts';
export { parseSentinelDataCollectorConfig } from './connectors/sentinel-data-collector/config.ts';
export { SentinelDataCollectorConnector } from './connectors/sentinel-data-collector/connector.ts';
export { parseSentinelLogsIngestionConfig } from './connectors/sentinel-logs-ingestion/config.ts';
export { SentinelLogsIngestionConnector } from './connectors/sentinel-logs-ingestion/connector.ts';
export { parseSplunkHecConfig } from './connectors/splunk-hec/config.ts';
export { SplunkHecConnector } from './connectors/splunk-hec/connector.ts';
export { createAddressPolicy } from './egress/address-policy.ts';
export { createEgress } from './egress/create-egress.ts';
export {
  DEFAULT_OCSF_SETTINGS,
  type OcsfEvent,
  type OcsfSettings,
  type WireEvent,
} from './ocsf/ocsf-event.ts';
export { attestationToOcsf, attestationToOcsf2001 } from './ocsf/map-attestation.ts';
export { validateEvent } from './ocsf/validate-event.ts';
export { toWireEvent } from './ocsf/wire-event.ts';
export { createKeyFile } from './secrets/create-key-file.ts';
export { loadKeyFile } from './secrets/load-key-file.ts';
export { type RunningDelivery, startDelivery, type StartDeliveryOptions } from './start-delivery.ts';
export { type OpenedStore, openStore } from './store/open-store.ts';
export { recordAttestation } from './store/record-attestation.ts';
export type { EnqueueResult, RecordAttestationResult } from './store/record-result.ts';
export { siemEnqueue } from './store/siem-enqueue.ts';
export { StoreError } from './store/store-error.ts';
export type { Store, StoreOptions } from './store/store.ts';
