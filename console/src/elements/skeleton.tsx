import type { ReactNode } from 'react';

/** The room that an answer will take, so that nothing jumps when it comes. */
export function Skeleton({ lines = 3, tall = false }: { lines?: number; tall?: boolean }): ReactNode {
  return (
    <div className={tall ? 'skeleton tall' : 'skeleton'} aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} />
      ))}
    </div>
  );
}
