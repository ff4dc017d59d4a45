import { CLIENT_KEY } from '../../connectors/tls/client-key.ts';
import type { JsonObject } from '../../json.ts';
import type { ApiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { DESTINATIONS_PATH, everyDestination } from '../find-destination.ts';
import { asObject, cell } from '../output.ts';

const OLD_TYPE = 'sentinel_data_collector';
const TWIN_TYPE = 'sentinel_logs_ingestion';

/** What the twin takes over: what it gets, and how it looks. Batch sizes belong to the old API, and stay there. */
const TAKEN_OVER = ['ocsf', 'filter', 'redaction', 'limits', 'sources'] as const;

/** What the person gives of the twin. */
export interface TwinSettings {
  readonly config: JsonObject;
  readonly credentials?: JsonObject;
  readonly backfillFrom?: string;
}

/** Throws where a destination is none of the old API. */
export function checkOld(old: JsonObject): void {
  if (old['type'] === OLD_TYPE) return;
  throw new CliError(
    'not_old',
    `"${cell(old['name'])}" is of type ${cell(old['type'])}; this moves destinations of type ${OLD_TYPE}`,
    EXIT.refused,
  );
}

/** The twin that an earlier run has made, by its name in the workspace of the old one. */
export async function findTwin(
  client: ApiClient,
  old: JsonObject,
  name: string,
): Promise<JsonObject | undefined> {
  const found = (await everyDestination(client)).find(
    (item) => item['name'] === name && item['workspace_id'] === old['workspace_id'],
  );
  if (found === undefined || found['type'] === TWIN_TYPE) return found;
  throw new CliError(
    'name_taken',
    `"${name}" is a destination of type ${cell(found['type'])}; give the twin another name with --name`,
    EXIT.refused,
  );
}

/**
 * The twin's settings, with the TLS of the old one where they say nothing of it: a proxy that inspects one API inspects the other too.
 * A key is never shown, so that of a client certificate must be given again. Throws `CliError`.
 */
export function twinConfig(old: JsonObject, { config, credentials }: TwinSettings): JsonObject {
  const { tls } = asObject(old['config']);
  if (tls === undefined || Object.hasOwn(config, 'tls')) return config;
  if (asObject(tls)['client_cert_pem'] !== undefined && credentials?.[CLIENT_KEY] === undefined) {
    throw new CliError(
      'missing_client_key',
      `"${cell(old['name'])}" has a client certificate (tls.client_cert_pem), which the twin takes over: add its key to --credentials as ${CLIENT_KEY}, or give "tls" in --config ({} for none)`,
    );
  }
  return { ...config, tls };
}

/** A destination beside the old one, with what that one gets and how it looks; active from now. */
export async function makeTwin(
  client: ApiClient,
  old: JsonObject,
  name: string,
  given: TwinSettings,
): Promise<JsonObject> {
  const { credentials, backfillFrom } = given;
  const body = {
    ...Object.fromEntries(TAKEN_OVER.map((field) => [field, old[field] ?? null])),
    name,
    workspace_id: old['workspace_id'] ?? null,
    type: TWIN_TYPE,
    config: twinConfig(old, given),
    ...(credentials === undefined ? {} : { credentials }),
    ...(backfillFrom === undefined ? {} : { backfill_from: backfillFrom }),
  };
  return asObject((await client.call({ method: 'POST', path: DESTINATIONS_PATH, body })).body);
}
