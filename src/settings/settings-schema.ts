import { DELIVERY_SETTINGS } from './delivery-settings.ts';
import { KEEPING_SETTINGS } from './keeping-settings.ts';
import { KEY_SETTINGS } from './key-settings.ts';
import { PLACE_SETTINGS } from './place-settings.ts';
import { REQUEST_SETTINGS } from './request-settings.ts';
import { SIGN_IN_SETTINGS } from './sign-in-settings.ts';
import { TELLING_SETTINGS } from './telling-settings.ts';
import type { Setting, ValueOf } from './setting.ts';

export type { LogLevel } from './telling-settings.ts';

/** Settings that belong together, with the heading that they have in docs/reference/settings.md. */
export interface SettingGroup {
  readonly title: string;
  readonly settings: Readonly<Record<string, Setting>>;
}

/** In the order of the page. */
export const SETTING_GROUPS: readonly SettingGroup[] = Object.freeze([
  { title: 'Where it stands', settings: PLACE_SETTINGS },
  { title: 'Keys', settings: KEY_SETTINGS },
  { title: 'Signing in', settings: SIGN_IN_SETTINGS },
  { title: 'Requests to the API', settings: REQUEST_SETTINGS },
  { title: 'Delivery', settings: DELIVERY_SETTINGS },
  { title: 'What is kept', settings: KEEPING_SETTINGS },
  { title: 'What operators are told', settings: TELLING_SETTINGS },
]);

/**
 * Every setting of the service, once. Parsing, `--help`, `config print` and docs/reference/settings.md are made from this
 * table.
 */
export const SETTINGS = {
  ...PLACE_SETTINGS,
  ...KEY_SETTINGS,
  ...SIGN_IN_SETTINGS,
  ...REQUEST_SETTINGS,
  ...DELIVERY_SETTINGS,
  ...KEEPING_SETTINGS,
  ...TELLING_SETTINGS,
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof SETTINGS;

/** The settings of one process, frozen. */
export type Settings = { readonly [Key in SettingKey]: ValueOf<(typeof SETTINGS)[Key]> };

export const SETTING_ENTRIES = Object.entries(SETTINGS) as readonly (readonly [SettingKey, Setting])[];
