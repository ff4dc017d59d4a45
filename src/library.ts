/** What `import ... from 'aegis-siem'` gives: the public interface, name by name. Everything else is private. */
export type { Attestation, Verdict } from './attestation/attestation.ts';
export type { AttestationLimits } from './attestation/attestation-limits.ts';
export { parseAttestation, type ParseResult } from './attestation/parse-attestation.ts';
export type { Refusal } from './attestation/refusal.ts';
export { ConnectorConfigError } from './connectors/config-error.ts';
export type {
  ConfirmResult,
  Connector,
  ConnectorLimits,
  Credentials,
  DestinationType,
  EncodedEvent,
  EventBytes,
  PreviewingConnector,
  RequestPreview,
} from './connectors/connector.ts';
export type { EntraSignIn } from './connectors/entra/entra-sign-in.ts';
export { EntraTokens, type EntraTokensOptions, type TokenResult } from './connectors/entra/entra-tokens.ts';
export type { Answer, Outcome, RefusalCause } from './connectors/outcome.ts';
export { retryAfterMs } from './connectors/retry-after.ts';
export {
  parseSentinelDataCollectorConfig,
  type SentinelDataCollectorConfig,
} from './connectors/sentinel-data-collector/config.ts';
export {
  SentinelDataCollectorConnector,
  type SentinelDataCollectorOptions,
} from './connectors/sentinel-data-collector/connector.ts';
export {
  parseSentinelLogsIngestionConfig,
  type SentinelLogsIngestionConfig,
} from './connectors/sentinel-logs-ingestion/config.ts';
export {
  SentinelLogsIngestionConnector,
  type SentinelLogsIngestionOptions,
} from './connectors/sentinel-logs-ingestion/connector.ts';
export { parseSplunkHecConfig, type SplunkHecConfig } from './connectors/splunk-hec/config.ts';
export { SplunkHecConnector, type SplunkHecOptions } from './connectors/splunk-hec/connector.ts';
export type { DeliveryObserver } from './delivery/delivery-observer.ts';
export type { DeliveryLogger } from './delivery/delivery-parts.ts';
export {
  type AddressPolicy,
  type AddressPolicySettings,
  createAddressPolicy,
} from './egress/address-policy.ts';
export { createEgress, type EgressOptions } from './egress/create-egress.ts';
export type { Egress } from './egress/egress.ts';
export type { JsonObject, JsonValue } from './json.ts';
export type { EventFilter } from './ocsf/event-filter.ts';
export {
  DEFAULT_OCSF_SETTINGS,
  type OcsfClassUid,
  type OcsfEvent,
  type OcsfSettings,
  type WireEvent,
} from './ocsf/ocsf-event.ts';
export { attestationToOcsf, attestationToOcsf2001 } from './ocsf/map-attestation.ts';
export type { OcsfVersion } from './ocsf/ocsf-versions.ts';
export type { RedactionRule } from './ocsf/redaction/redaction-rule.ts';
export { validateEvent, type ValidateOptions } from './ocsf/validate-event.ts';
export type { Finding } from './ocsf/validation-finding.ts';
export { toWireEvent } from './ocsf/wire-event.ts';
export { createKeyFile } from './secrets/create-key-file.ts';
export { loadKeyFile } from './secrets/load-key-file.ts';
export type { SealingKey } from './secrets/sealing-key.ts';
export { type RunningDelivery, startDelivery, type StartDeliveryOptions } from './start-delivery.ts';
export type { OtherEvent } from './store/event-draft.ts';
export { type OpenedStore, openStore } from './store/open-store.ts';
export { recordAttestation } from './store/record-attestation.ts';
export type { RecordOptions } from './store/record-options.ts';
export type { EnqueueResult, RecordAttestationResult, TransactionLost } from './store/record-result.ts';
export { siemEnqueue } from './store/siem-enqueue.ts';
export { StoreError, type StoreErrorCode } from './store/store-error.ts';
export type { Store, StoreLogger, StoreOptions } from './store/store.ts';
export type { Transaction } from './store/transaction.ts';
