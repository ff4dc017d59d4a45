import { useState } from 'react';
import { useNow } from '../elements/now.tsx';
import { useLiveState } from './use-live.ts';

/**
 * The time that addresses with a span are made of. It stands still while live updates are paused: a span that moves on would read
 * the page again under the eyes of who paused it.
 */
export function useReadingTime(): number {
  const nowMs = useNow();
  const isPaused = useLiveState() === 'paused';
  const [keptMs, setKeptMs] = useState(nowMs);
  if (isPaused) return keptMs;
  if (keptMs !== nowMs) setKeptMs(nowMs);
  return nowMs;
}
