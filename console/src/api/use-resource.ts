import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { useServices } from './console-services.ts';
import type { Resource } from './resource-cache.ts';

/** An address of the API as page state, kept fresh by live updates. `undefined` reads nothing. */
export function useResource<Data>(path: string | undefined): Resource<Data> {
  const { resources, live } = useServices();
  const subscribe = useCallback(
    (listener: () => void) => (path === undefined ? () => undefined : resources.subscribe(path, listener)),
    [resources, path],
  );
  const resource = useSyncExternalStore(subscribe, () =>
    path === undefined ? NOTHING : resources.peek(path),
  );
  useEffect(() => {
    if (path === undefined) return undefined;
    void resources.refresh(path);
    return live.onChange(() => void resources.refresh(path));
  }, [resources, live, path]);
  // The caller names the type that belongs to the path, as with ApiClient.call.
  return resource as Resource<Data>;
}

const NOTHING: Resource<never> = { loading: false };
