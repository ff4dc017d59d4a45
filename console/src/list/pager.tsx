import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { useShortcut } from '../shell/shortcuts.tsx';
import './list.css';

/** Where one is in a list that goes by cursor: the first page, and what comes after this one. "Back" is the browser's. */
export function Pager({
  cursor,
  next,
  onGo,
  children,
}: {
  cursor: string | undefined;
  next: string | null | undefined;
  onGo: (cursor: string | undefined) => void;
  /** What the page covers. */
  children?: ReactNode;
}): ReactNode {
  const goNext = (): void => {
    if (typeof next === 'string') onGo(next);
  };
  useShortcut('n', 'Next page', goNext);
  const isWhole = cursor === undefined && typeof next !== 'string';
  const isSaid = children !== undefined && children !== null && children !== false;
  if (isWhole && !isSaid) return null;
  return (
    <div className="pager">
      <span className="pager-says" role="status">
        {children}
      </span>
      {cursor !== undefined && (
        <Button className="button small" onPress={() => onGo(undefined)}>
          First page
        </Button>
      )}
      {!isWhole && (
        <Button className="button small" isDisabled={typeof next !== 'string'} onPress={goNext}>
          Next page
        </Button>
      )}
    </div>
  );
}
