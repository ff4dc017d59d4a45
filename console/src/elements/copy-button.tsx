import { type ReactNode, useEffect, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Icon } from '../shell/icon.tsx';

const SAID_MS = 2_000;

/** Copies a text and says so. Over plain http on another host a browser has no clipboard: it says that too. */
export function CopyButton({ text, what }: { text: string; what: string }): ReactNode {
  const [said, setSaid] = useState<'copied' | 'select it by hand'>();
  useEffect(() => {
    if (said === undefined) return undefined;
    const timer = setTimeout(() => setSaid(undefined), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('copied');
    } catch {
      // No permission, or no secure origin: the text is on the page to be selected.
      setSaid('select it by hand');
    }
  };
  return (
    <Button className="button small quiet" onPress={() => void copy()} aria-label={`Copy ${what}`}>
      <Icon name={said === 'copied' ? 'check' : 'copy'} /> <span aria-live="polite">{said ?? 'Copy'}</span>
    </Button>
  );
}
