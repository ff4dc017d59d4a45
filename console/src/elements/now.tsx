import { createContext, type ReactNode, use, useEffect, useState } from 'react';

const NowContext = createContext(0);
const TICK_MS = 1_000;

/** One clock for the page: all ages move together, and stand still while nobody looks. */
export function NowProvider({ clock, children }: { clock: () => number; children: ReactNode }): ReactNode {
  const [nowMs, setNowMs] = useState(clock);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setNowMs(clock());
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [clock]);
  return <NowContext value={nowMs}>{children}</NowContext>;
}

export function useNow(): number {
  return use(NowContext);
}
