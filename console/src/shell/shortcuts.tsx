import { createContext, type ReactNode, use, useEffect, useMemo, useRef } from 'react';

export interface Shortcut {
  /** `?`, `/`, `j`, or a sequence: `g o`. */
  readonly keys: string;
  readonly title: string;
  readonly act: () => void;
}

/** Those that the page on show has; the last one that was added wins, so that a page may take over a key. */
export class ShortcutRegistry {
  readonly #shortcuts = new Set<Shortcut>();

  add(shortcut: Shortcut): () => void {
    this.#shortcuts.add(shortcut);
    return () => void this.#shortcuts.delete(shortcut);
  }

  find(keys: string): Shortcut | undefined {
    return [...this.#shortcuts].findLast((shortcut) => shortcut.keys === keys);
  }

  beginsWith(key: string): boolean {
    return [...this.#shortcuts].some((shortcut) => shortcut.keys.startsWith(`${key} `));
  }

  all(): readonly Shortcut[] {
    return [...this.#shortcuts];
  }
}

const RegistryContext = createContext<ShortcutRegistry | undefined>(undefined);
/** How long after `g` the second key may come. */
const SEQUENCE_MS = 1_200;

/** Listens for keys that are not typed into a field and belong to no control. */
export function ShortcutProvider({ children }: { children: ReactNode }): ReactNode {
  const registry = useMemo(() => new ShortcutRegistry(), []);
  const first = useRef<{ readonly key: string; readonly atMs: number }>(undefined);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      // Out of a search and back to its list: the one key that a field of a search gives away.
      if (isTyping(event.target) && !(event.key === 'Escape' && isSearch(event.target))) return;
      const before = first.current;
      first.current = undefined;
      const sequence =
        before !== undefined && event.timeStamp - before.atMs < SEQUENCE_MS
          ? `${before.key} ${event.key}`
          : undefined;
      const shortcut =
        (sequence === undefined ? undefined : registry.find(sequence)) ?? registry.find(event.key);
      if (shortcut !== undefined) {
        event.preventDefault();
        shortcut.act();
      } else if (registry.beginsWith(event.key)) first.current = { key: event.key, atMs: event.timeStamp };
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [registry]);
  return <RegistryContext value={registry}>{children}</RegistryContext>;
}

export function useShortcuts(): ShortcutRegistry {
  const registry = use(RegistryContext);
  if (registry === undefined) throw new Error('this component needs ShortcutProvider around it');
  return registry;
}

/** Gives the page a key while the component is shown. */
export function useShortcut(keys: string, title: string, act: () => void): void {
  const registry = useShortcuts();
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => registry.add({ keys, title, act: () => latest.current() }), [registry, keys, title]);
}

function isSearch(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('search, [data-search]') !== null;
}

/** In a field keys are text, and in an open dialog or list they belong to it. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="listbox"], [role="menu"]',
    ) !== null
  );
}
