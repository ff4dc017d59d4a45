import { settingFlags, settingOptions } from '../settings/describe-settings.ts';
import { readSettingsWithOrigins, type SettingsWithOrigins } from '../settings/read-settings.ts';
import { SettingsError } from '../settings/settings-error.ts';
import { StartError } from '../start-error.ts';
import { CliError } from './cli-error.ts';
import type { CommandContext, OptionSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';

/** The settings of the service as options: the same table that reads environment and file. */
export const SETTING_OPTIONS: Readonly<Record<string, OptionSpec>> = settingOptions();

/** Reads the settings for a command; every mistake is told at once. Throws `CliError`. */
export function serviceSettings(context: CommandContext): SettingsWithOrigins {
  try {
    return readSettingsWithOrigins({ flags: settingFlags(context.options), env: context.io.env });
  } catch (error) {
    if (error instanceof SettingsError)
      throw new CliError('bad_settings', error.message, EXIT.usage, { cause: error });
    throw error;
  }
}

/** What keeps a service from starting, as one line and an exit status. */
export function startFailure(error: unknown): unknown {
  if (!(error instanceof StartError)) return error;
  const ours = [
    'key_file_required',
    'key_file_unusable',
    'key_missing',
    'key_source_ambiguous',
    'key_wrong',
    'admin_key_file_unusable',
  ].includes(error.code);
  return new CliError(error.code, error.message, ours ? EXIT.usage : EXIT.unavailable, { cause: error });
}
