import type { ReactNode } from 'react';

/** How good a state is; the word beside the dot says it too, for who does not see colours. */
export type Tone = 'good' | 'wait' | 'bad' | 'idle';

export function StateBadge({ tone, children }: { tone: Tone; children: ReactNode }): ReactNode {
  return (
    <span className={`badge ${tone}`}>
      <span className="dot" aria-hidden="true" />
      {children}
    </span>
  );
}
