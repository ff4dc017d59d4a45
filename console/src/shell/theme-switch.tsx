import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Icon, type IconName } from './icon.tsx';
import { useShortcut } from './shortcuts.tsx';
import { applyTheme, nextTheme, readTheme, type Theme } from './theme.ts';

const ICONS: Readonly<Record<Theme, IconName>> = { system: 'screen', light: 'sun', dark: 'moon' };

/** As the system, light, dark. */
export function ThemeSwitch(): ReactNode {
  const [theme, setTheme] = useState(() => readTheme(localStorage));
  const change = (): void => {
    const next = nextTheme(theme);
    applyTheme(next, document.documentElement, localStorage);
    setTheme(next);
  };
  useShortcut('t', 'Change the theme', change);
  return (
    <Button className="button quiet" onPress={change} aria-label={`Theme: ${theme}`}>
      <Icon name={ICONS[theme]} />
      <span className="theme-word">{theme}</span>
    </Button>
  );
}
