import type { JsonObject, JsonValue } from '../json.ts';
import type { ApiClient } from './api-client.ts';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-codes.ts';
import { asItems, asObject } from './output.ts';

export const DESTINATIONS_PATH = '/v1/siem/destinations';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** By id, or by name where one workspace alone has that name. */
export async function findDestination(client: ApiClient, nameOrId: string): Promise<JsonObject> {
  if (UUID.test(nameOrId)) {
    return asObject(
      (await client.call({ method: 'GET', path: `${DESTINATIONS_PATH}/${nameOrId.toLowerCase()}` })).body,
    );
  }
  const found = (await everyDestination(client)).filter((item) => item['name'] === nameOrId);
  if (found.length > 1) {
    throw new CliError('ambiguous_name', `"${nameOrId}" exists in ${found.length} workspaces; use its id`);
  }
  const only = found[0];
  if (only === undefined) {
    throw new CliError(
      'not_found',
      `no destination is named "${nameOrId}"; see "aegis-siem destinations ls"`,
      EXIT.refused,
    );
  }
  return only;
}

/** All pages of them. */
export async function everyDestination(client: ApiClient): Promise<readonly JsonObject[]> {
  const all: JsonObject[] = [];
  let cursor: JsonValue | undefined;
  do {
    const query = typeof cursor === 'string' ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const { body } = await client.call({ method: 'GET', path: `${DESTINATIONS_PATH}?limit=100${query}` });
    all.push(...asItems(asObject(body)['items']));
    cursor = asObject(body)['next_cursor'];
  } while (typeof cursor === 'string');
  return all;
}
