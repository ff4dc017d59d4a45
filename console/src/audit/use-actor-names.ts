import type { ApiKey, Page } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { visible } from '../event/json-tokens.ts';
import { useMay } from '../session/session.ts';

const KEY_ACTOR = /^api_key:(?<id>[0-9a-f-]{36})$/u;
/** Keys change seldom; their names are read once for the page. */
const KEYS_PATH = '/v1/api-keys?limit=500';

/** Actors as people know them: a key by its name, where the reader may see the keys; else by the beginning of its id. */
export function useActorNames(): (actor: string) => string {
  const { data } = useResource<Page<ApiKey>>(useMay('admin') ? KEYS_PATH : undefined, Infinity);
  return (actor) => {
    const id = KEY_ACTOR.exec(actor)?.groups?.['id'];
    if (id === undefined) return visible(actor).replaceAll('_', ' ');
    const name = data?.items.find((key) => key.api_key_id === id)?.name;
    return name === undefined ? `key ${id.slice(0, 8)}…` : visible(name);
  };
}
