import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { useServices } from './console-services.ts';
import { isUnreachable } from './api-problem.ts';
import type { Resource } from './resource-cache.ts';

/**
 * An address of the API as page state, kept fresh by live updates, though read no more often than each `everyMs`. `undefined`
 * reads nothing. That the service does not answer is no problem of one address: the frame of the page says it once for all, and
 * what was not read yet is still on its way.
 */
export function useResource<Data>(path: string | undefined, everyMs = 0): Resource<Data> {
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
    void resources.open(path, everyMs);
    return live.onChange(() => void resources.refresh(path, everyMs));
  }, [resources, live, path, everyMs]);
  const { problem, ...rest } = resource;
  const shown = problem !== undefined && isUnreachable(problem) ? { ...rest, loading: true } : resource;
  // The caller names the type that belongs to the path, as with ApiClient.call.
  return shown as Resource<Data>;
}

const NOTHING: Resource<never> = { loading: false };
