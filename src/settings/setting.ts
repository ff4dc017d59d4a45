/** What every setting has, whatever its kind. */
interface SettingBase {
  /** The environment variable; flag and file key follow from it (`AEGIS_SIEM_KEY_FILE`, `--key-file`, `key_file`). */
  readonly name: string;
  readonly description: string;
  /** `bytes`, `seconds`, `items`: what a number counts. */
  readonly unit?: string;
  /** Never shown as it is: `config print` says set or not set. */
  readonly secret?: boolean;
}

export interface TextSetting extends SettingBase {
  readonly kind: 'text';
  readonly default: string;
  /** Answers what is wrong with a value, without repeating the value when the setting is secret. */
  readonly check?: (value: string) => string | undefined;
  /** What `config print` shows in place of the value. */
  readonly show?: (value: string) => string;
}

export interface IntegerSetting extends SettingBase {
  readonly kind: 'integer';
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** `on` or `off`; as a flag `--name` or `--no-name`. */
export interface SwitchSetting extends SettingBase {
  readonly kind: 'switch';
  readonly default: boolean;
}

export interface ChoiceSetting<Choice extends string = string> extends SettingBase {
  readonly kind: 'choice';
  readonly default: Choice;
  readonly choices: readonly Choice[];
}

export type Setting = TextSetting | IntegerSetting | SwitchSetting | ChoiceSetting;
export type SettingValue = string | number | boolean;

/** The value that a setting parses to. */
export type ValueOf<S extends Setting> = S extends { kind: 'integer' }
  ? number
  : S extends { kind: 'switch' }
    ? boolean
    : S extends ChoiceSetting<infer Choice>
      ? Choice
      : string;

export const SETTING_PREFIX = 'AEGIS_SIEM_';

/** `AEGIS_SIEM_KEY_FILE` -> `key-file`. */
export function flagOf(setting: Setting): string {
  return fileKeyOf(setting).replaceAll('_', '-');
}

/** `AEGIS_SIEM_KEY_FILE` -> `key_file`. */
export function fileKeyOf(setting: Setting): string {
  return setting.name.slice(SETTING_PREFIX.length).toLowerCase();
}
