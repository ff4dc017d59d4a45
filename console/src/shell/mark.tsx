import type { ReactNode } from 'react';
import markUrl from './mark.svg';

/** The product's mark; beside its name, so that it needs none of its own. */
export function Mark(): ReactNode {
  return <img className="mark" src={markUrl} alt="" width={24} height={24} />;
}
