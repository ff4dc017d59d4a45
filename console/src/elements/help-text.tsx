import type { ReactNode } from 'react';

/** A sentence of a schema: what stands between backticks is code. */
export function HelpText({ text }: { text: string }): ReactNode {
  return text.split('`').map((part, index) =>
    // oxlint-disable-next-line react/no-array-index-key -- parts of one sentence have no other name
    index % 2 === 1 ? <code key={index}>{part}</code> : part,
  );
}
