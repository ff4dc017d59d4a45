import { CONFIG_FLAG, CONFIG_VARIABLE, type SettingsWithOrigins } from './read-settings.ts';
import { SETTING_ENTRIES, SETTING_GROUPS, type SettingGroup } from './settings-schema.ts';
import { flagOf, type Setting, type SettingValue } from './setting.ts';

/** A setting as an option of `node:util` `parseArgs`, with its line of help. */
export interface SettingOption {
  readonly type: 'string' | 'boolean';
  readonly value?: string;
  readonly help: string;
}

/**
 * The settings as command line options by flag, `--config` first. A switch also has its `no-` form. A secret has no flag: every
 * user of the machine can read the arguments of a process.
 */
export function settingOptions(): Readonly<Record<string, SettingOption>> {
  const options: Record<string, SettingOption> = {
    [CONFIG_FLAG]: {
      type: 'string',
      value: 'FILE',
      help: `Settings as one JSON object, keys as the flags with "_" (${CONFIG_VARIABLE})`,
    },
  };
  for (const [, setting] of SETTING_ENTRIES) {
    if (setting.secret === true) continue;
    const flag = flagOf(setting);
    const help = `${setting.description} (${setting.name}, default ${showDefault(setting)})`;
    if (setting.kind === 'switch') {
      options[flag] = { type: 'boolean', help };
      options[`no-${flag}`] = { type: 'boolean', help: `Sets --${flag} off` };
    } else {
      options[flag] = { type: 'string', value: placeholder(setting), help };
    }
  }
  return options;
}

/** Flags as `parseArgs` gives them, with `no-x: true` turned into `x: false`. */
export function settingFlags(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const flags: Record<string, unknown> = { ...values };
  for (const [, setting] of SETTING_ENTRIES) {
    if (setting.kind !== 'switch') continue;
    const flag = flagOf(setting);
    if (flags[`no-${flag}`] === true) flags[flag] = false;
  }
  return flags;
}

export interface ShownSetting {
  readonly name: string;
  readonly value: string | number | boolean;
  readonly origin: string;
}

/** What `config print` shows: no secret and no password. */
export function showSettings({ settings, origins }: SettingsWithOrigins): readonly ShownSetting[] {
  return SETTING_ENTRIES.map(([key, setting]) => ({
    name: setting.name,
    value: showValue(setting, settings[key]),
    origin: origins[key],
  }));
}

/** docs/reference/settings.md, whole. A test holds the committed file to it. */
export function settingsDocument(): string {
  return `# Settings

<!-- Made from src/settings/settings-schema.ts by "node src/settings/describe-settings.ts > docs/reference/settings.md". -->

Each setting can be given as a flag, as an environment variable, or in a JSON file named by \`--${CONFIG_FLAG}\` or
\`${CONFIG_VARIABLE}\` (keys as the flags, with \`_\` for \`-\`). A flag wins over a variable, a variable over the file.
All mistakes are reported at once, and an unknown name is one. \`aegis-siem config print\` shows what is in force.

${SETTING_GROUPS.map(groupSection).join('\n')}`;
}

function groupSection({ title, settings }: SettingGroup): string {
  const rows = Object.values(settings).map((setting) =>
    [
      setting.name,
      setting.secret === true ? 'none' : `--${flagOf(setting)}`,
      kindOf(setting),
      showDefault(setting),
      setting.description,
    ]
      .map((cell) => cell.replaceAll('|', '\\|'))
      .join(' | '),
  );
  return `## ${title}

| variable | flag | kind | default | meaning |
| --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join('\n')}
`;
}

function showValue(setting: Setting, value: SettingValue): SettingValue {
  if (setting.secret === true) return value === '' ? 'not set' : 'set';
  return setting.kind === 'text' && setting.show !== undefined ? setting.show(String(value)) : value;
}

function showDefault(setting: Setting): string {
  if (setting.kind === 'switch') return setting.default ? 'on' : 'off';
  return setting.default === '' ? 'none' : String(setting.default);
}

function kindOf(setting: Setting): string {
  switch (setting.kind) {
    case 'integer':
      return `${setting.unit ?? 'number'}, ${setting.min} to ${setting.max}`;
    case 'choice':
      return setting.choices.join(', ');
    case 'switch':
      return 'on, off';
    case 'text':
      return 'text';
    default:
      return setting satisfies never;
  }
}

function placeholder(setting: Setting): string {
  if (setting.kind === 'integer') return 'N';
  return setting.kind === 'choice' ? 'WORD' : 'TEXT';
}

if (import.meta.main) process.stdout.write(settingsDocument());
