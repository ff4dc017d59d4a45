import type { ReactNode } from 'react';
import '../list/list.css';

const KNOWN = new Set(['allow', 'deny', 'escalate', 'rewrite']);

/** What was decided, in the word of the record. */
export function VerdictWord({ verdict }: { verdict: string }): ReactNode {
  const word = verdict.toLowerCase();
  return <span className={`verdict-word ${KNOWN.has(word) ? word : ''}`}>{verdict}</span>;
}
