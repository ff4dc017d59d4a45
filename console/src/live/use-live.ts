import { useCallback, useSyncExternalStore } from 'react';
import { useServices } from '../api/console-services.ts';
import type { LiveState } from './live-updates.ts';

/** Whether the page follows what happens, and how. */
export function useLiveState(): LiveState {
  const { live } = useServices();
  return useSyncExternalStore(
    useCallback((listener: () => void) => live.onState(listener), [live]),
    () => live.state,
  );
}
