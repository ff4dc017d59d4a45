import type { DestinationType } from '../connectors/connector.ts';
import type { JsonObject } from '../json.ts';
import type { FieldError } from './problem.ts';

/** What the API must know of a type of destination to configure one. */
export interface DestinationKind {
  /** JSON Schema of `config`, unknown fields refused. */
  readonly configSchema: object;
  /** JSON Schema of `credentials`. */
  readonly credentialsSchema: object;
  /** Where credentials would go (scheme, host, port, tenant, ...): another text needs the credentials again. */
  address(config: JsonObject): string;
  /** Every URL that would be dialled, with its field, to be held against the address policy. */
  urls(config: JsonObject): readonly { readonly field: string; readonly url: string }[];
  /** What a schema cannot say: relations of fields, forms of keys. `fields` are the credentials that will be set. */
  check(
    config: JsonObject,
    credentials: Readonly<Record<string, string>>,
    fields: ReadonlySet<string>,
  ): readonly FieldError[];
  /** Shown with the destination, for a type that is on its way out. */
  readonly notice?: string;
}

export type DestinationKinds = Readonly<Record<DestinationType, DestinationKind>>;

export const DESTINATION_TYPES = [
  'splunk_hec',
  'sentinel_logs_ingestion',
  'sentinel_data_collector',
] as const satisfies readonly DestinationType[];
