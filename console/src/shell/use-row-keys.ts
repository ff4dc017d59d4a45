import { type RefObject, useRef } from 'react';
import { useShortcut } from './shortcuts.tsx';

/**
 * `j` and `k` move through the rows of a list; Enter on a row is the row's own link or button. Rows are elements with `data-row`
 * that can take the focus.
 */
export function useRowKeys<List extends HTMLElement>(): RefObject<List | null> {
  const list = useRef<List>(null);
  const move = (step: 1 | -1): void => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next =
      at === -1 ? (step === 1 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
    rows[next]?.focus();
    rows[next]?.scrollIntoView({ block: 'nearest' });
  };
  useShortcut('j', 'Next row', () => move(1));
  useShortcut('k', 'Row before', () => move(-1));
  return list;
}
