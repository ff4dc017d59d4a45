import type { ReactNode } from 'react';

/** Nothing is there: says why that is, and what would bring something. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
