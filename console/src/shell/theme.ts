export type Theme = 'system' | 'light' | 'dark';

const KEY = 'aegis-siem-theme';
const ORDER: readonly Theme[] = ['system', 'light', 'dark'];

/** The choice of this browser; without one the system's. Storage may be forbidden: then the choice lasts for this page. */
export function readTheme(storage: Pick<Storage, 'getItem'>): Theme {
  try {
    const word = storage.getItem(KEY);
    return ORDER.find((theme) => theme === word) ?? 'system';
  } catch {
    return 'system';
  }
}

export function applyTheme(theme: Theme, root: HTMLElement, storage: Pick<Storage, 'setItem'>): void {
  if (theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
  try {
    storage.setItem(KEY, theme);
  } catch {
    // Storage is forbidden or full: the page has the theme anyway.
  }
}

export function nextTheme(theme: Theme): Theme {
  return ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? 'system';
}
