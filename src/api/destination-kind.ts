import type { AzureHostVerdict } from '../connectors/azure/azure-host-verdict.ts';
import type { Credentials, DestinationType } from '../connectors/connector.ts';
import type { JsonObject } from '../json.ts';

/** What the API must know of a type of destination to configure one. */
export interface DestinationKind {
  /** JSON Schema of `config`, unknown fields refused. */
  readonly configSchema: object;
  /** JSON Schema of `credentials`. */
  readonly credentialsSchema: CredentialsSchema;
  /** Where credentials would go (scheme, host, port, tenant, ...): another text needs the credentials again. */
  address(config: JsonObject): string;
  /** Every URL that would be dialled, with its field, to be held against the address policy. */
  urls(config: JsonObject): readonly { readonly field: string; readonly url: string }[];
  /** Whether hosts are the vendor's own, where that is asked; `listAllows` is the operator's list. */
  hostVerdict?(config: JsonObject, listAllows: (url: URL) => boolean): AzureHostVerdict;
  /** What a schema cannot say: relations of fields, forms of keys. Throws `ConnectorConfigError`. */
  check(config: JsonObject, credentials: Credentials): void;
  /** Signs in as this machine under these settings: only where the operator turned that on. */
  usesAmbientIdentity?(config: JsonObject): boolean;
  /** Shown with the destination, for a type that is on its way out. */
  readonly notice?: string;
}

export interface CredentialsSchema {
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, object>>;
}

export type DestinationKinds = Readonly<Record<DestinationType, DestinationKind>>;

export const DESTINATION_TYPES = [
  'splunk_hec',
  'sentinel_logs_ingestion',
  'sentinel_data_collector',
] as const satisfies readonly DestinationType[];
