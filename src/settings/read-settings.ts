import { readFileSync } from 'node:fs';
import { nearestWord } from './nearest-word.ts';
import { parseSetting } from './parse-setting.ts';
import { SettingsError, type SettingMistake } from './settings-error.ts';
import { SETTING_ENTRIES, type SettingKey, type Settings } from './settings-schema.ts';
import { fileKeyOf, flagOf, SETTING_PREFIX, type SettingValue } from './setting.ts';

/** Names the settings file; itself neither a setting of the file nor part of `Settings`. */
export const CONFIG_FLAG = 'config';
export const CONFIG_VARIABLE = 'AEGIS_SIEM_CONFIG';

/** Variables with our prefix that belong to the client commands and to the test run, not to the service. */
const OTHER_VARIABLES = new Set(['AEGIS_SIEM_URL', 'AEGIS_SIEM_API_KEY', CONFIG_VARIABLE]);
const TEST_PREFIX = 'AEGIS_SIEM_TEST_';

export interface SettingSources {
  /** Flags without their dashes; others than settings are ignored, since each command checks its own. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Reads the settings file; a parameter for tests. */
  readonly readFile?: (path: string) => string;
}

export type SettingOrigin = 'flag' | 'environment' | 'file' | 'default';

export interface SettingsWithOrigins {
  readonly settings: Settings;
  readonly origins: Readonly<Record<SettingKey, SettingOrigin>>;
}

/** One place that may say something about a setting. */
interface Source {
  readonly origin: SettingOrigin;
  readonly values: Readonly<Record<string, unknown>>;
  keyOf(setting: (typeof SETTING_ENTRIES)[number][1]): string;
  where(key: string): string;
}

/**
 * The settings of this process: flag before environment before file before default.
 * Throws `SettingsError` with every mistake at once, those in values that are overridden by a stronger source included.
 */
export function readSettings(sources: SettingSources): Settings {
  return readSettingsWithOrigins(sources).settings;
}

/** As `readSettings`, and where each value came from (`config print`). */
export function readSettingsWithOrigins({
  flags = {},
  env = {},
  readFile = (path) => readFileSync(path, 'utf8'),
}: SettingSources): SettingsWithOrigins {
  const mistakes: SettingMistake[] = [];
  const file = readSettingsFile(configPath(flags, env), readFile, mistakes);
  checkVariables(env, mistakes);
  const inOrder: readonly Source[] = [
    { origin: 'flag', values: flags, keyOf: flagOf, where: (key) => `--${key}` },
    { origin: 'environment', values: env, keyOf: (setting) => setting.name, where: (key) => key },
    { origin: 'file', values: file.values, keyOf: fileKeyOf, where: (key) => `${key} in ${file.path}` },
  ];

  const settings: Partial<Record<SettingKey, SettingValue>> = {};
  const origins: Partial<Record<SettingKey, SettingOrigin>> = {};
  for (const [key, setting] of SETTING_ENTRIES) {
    settings[key] = setting.default;
    origins[key] = 'default';
    for (const source of inOrder.toReversed()) {
      const name = source.keyOf(setting);
      const raw = Object.hasOwn(source.values, name) ? source.values[name] : undefined;
      // An empty variable is how a compose file or a unit says "not set".
      if (raw === undefined || (source.origin === 'environment' && raw === '')) continue;
      const parsed = parseSetting(setting, raw);
      if (parsed.ok) {
        settings[key] = parsed.value;
        origins[key] = source.origin;
      } else {
        mistakes.push({ where: source.where(name), message: parsed.message });
      }
    }
  }
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  // Each key was given a value of its setting's kind above.
  return {
    settings: Object.freeze(settings) as Settings,
    origins: Object.freeze(origins) as SettingsWithOrigins['origins'],
  };
}

function configPath(
  flags: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const named = flags[CONFIG_FLAG] ?? env[CONFIG_VARIABLE];
  return typeof named === 'string' && named !== '' ? named : undefined;
}

function readSettingsFile(
  path: string | undefined,
  readFile: (path: string) => string,
  mistakes: SettingMistake[],
): { readonly path: string; readonly values: Readonly<Record<string, unknown>> } {
  if (path === undefined) return { path: '', values: {} };
  const refuse = (message: string): { path: string; values: Record<string, unknown> } => {
    mistakes.push({ where: path, message });
    return { path, values: {} };
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFile(path).replace(/^\uFEFF/, ''));
  } catch (error) {
    if (error instanceof SyntaxError)
      return refuse(`the settings file is not JSON: ${withoutExcerpt(error)}`);
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return refuse(`the settings file cannot be read (${code})`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return refuse('the settings file must hold one JSON object');
  }
  const known = SETTING_ENTRIES.map(([, setting]) => fileKeyOf(setting));
  for (const key of Object.keys(parsed)) {
    if (!known.includes(key)) mistakes.push({ where: `${key} in ${path}`, message: unknownName(key, known) });
  }
  return { path, values: parsed as Record<string, unknown> };
}

/** A variable with our prefix that nobody reads is a mistyped setting: better a refused start than a silent default. */
function checkVariables(env: Readonly<Record<string, string | undefined>>, mistakes: SettingMistake[]): void {
  const known = SETTING_ENTRIES.map(([, setting]) => setting.name);
  for (const name of Object.keys(env)) {
    if (!name.startsWith(SETTING_PREFIX) || name.startsWith(TEST_PREFIX)) continue;
    if (known.includes(name) || OTHER_VARIABLES.has(name)) continue;
    mistakes.push({ where: name, message: unknownName(name, known) });
  }
}

function unknownName(name: string, known: readonly string[]): string {
  const nearest = nearestWord(name, known);
  return nearest === undefined
    ? 'there is no such setting'
    : `there is no such setting; did you mean ${nearest}?`;
}

/** V8 quotes the text around the mistake, and a settings file may hold a password there. */
function withoutExcerpt(error: SyntaxError): string {
  return (
    /at position \d+( \(line \d+ column \d+\))?/.exec(error.message)?.[0] ??
    'it ends too early or holds a stray character'
  );
}
