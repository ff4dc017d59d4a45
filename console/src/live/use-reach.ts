import { useSyncExternalStore } from 'react';
import { useServices } from '../api/console-services.ts';
import type { Reach } from '../api/service-reach.ts';

/** Whether the service answers. */
export function useReach(): Reach {
  const { reach } = useServices();
  return useSyncExternalStore(reach.subscribe, reach.peek);
}
