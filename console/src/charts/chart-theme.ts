/** Colours that a canvas cannot take from style sheets by itself; read again when the theme changes. */
export interface ChartTheme {
  readonly line: string;
  readonly ink: string;
  readonly series: Readonly<Record<'accent' | 'good' | 'wait' | 'bad', string>>;
  readonly font: string;
}

export function readChartTheme(element: Element): ChartTheme {
  const probe = document.createElement('span');
  element.append(probe);
  const colour = (name: string): string => {
    // A canvas knows no light-dark(): the computed colour of an element is plain.
    probe.style.setProperty('color', `var(--${name})`);
    return getComputedStyle(probe).color;
  };
  const theme = {
    line: colour('line'),
    ink: colour('ink-muted'),
    series: { accent: colour('accent'), good: colour('good'), wait: colour('wait'), bad: colour('bad') },
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  };
  probe.remove();
  return theme;
}

/** Calls back when the colours may have changed: the switch of the page, or the system's. */
export function onThemeChange(listener: () => void): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', listener);
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    query.removeEventListener('change', listener);
    observer.disconnect();
  };
}
