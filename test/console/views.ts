/** Each theme and each width once; all four with AEGIS_SIEM_TEST_CONSOLE=all, for whoever looks at them. */
const ALL_VIEWS = [
  { theme: 'light', width: 1280, always: true },
  { theme: 'dark', width: 360, always: true },
  { theme: 'light', width: 360, always: false },
  { theme: 'dark', width: 1280, always: false },
] as const;

/** The themes and widths that this run looks at. */
export const VIEWS = ALL_VIEWS.filter(
  ({ always }) => always || process.env['AEGIS_SIEM_TEST_CONSOLE'] === 'all',
);
