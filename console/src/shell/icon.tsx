import type { ReactNode } from 'react';

/** Outlines on a grid of 16, drawn with the colour of the text around them. */
const PATHS = {
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3.050 3.050l1.060 1.060M11.890 11.890l1.060 1.060M3.050 12.950l1.060-1.060M11.890 4.110l1.060-1.060',
  moon: 'M13.500 9.500A6 6 0 0 1 6.500 2.500a6 6 0 1 0 7 7Z',
  screen: 'M2 3h12v8H2zM6 14h4M8 11v3',
  pause: 'M5.500 3v10M10.500 3v10',
  play: 'M4.500 2.750v10.500L13 8z',
  plus: 'M8 3v10M3 8h10',
  menu: 'M2 4h12M2 8h12M2 12h12',
  close: 'M3.500 3.500l9 9M12.500 3.500l-9 9',
  copy: 'M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3',
  check: 'M3 8.500l3.500 3.500L13 4.500',
  warning: 'M8 2 1.500 13.500h13zM8 6.500v3M8 11.500v.010',
  help: 'M5.750 6a2.250 2.250 0 1 1 3.400 1.950C8.400 8.400 8 8.900 8 9.750M8 12v.010',
  back: 'M9.500 3.500 5 8l4.500 4.500',
  download: 'M8 2.500v8M4.500 7 8 10.500 11.500 7M3 13.500h10',
  external: 'M9 2.500h4.500V7M13.500 2.500 7.500 8.500M11.500 9.500v4h-9v-9h4',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: what it stands beside has the words. */
export function Icon({ name }: { name: IconName }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 16 16" width={16} height={16} aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
