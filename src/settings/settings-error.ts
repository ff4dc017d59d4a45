/** One thing that is wrong with the settings: where it was said, and what to do. */
export interface SettingMistake {
  /** As the operator wrote it: `--port`, `AEGIS_SIEM_PORT`, or `port in settings.json`. */
  readonly where: string;
  readonly message: string;
}

/** Thrown at start when any setting cannot be used. Names all mistakes at once. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'bad_settings';
  readonly mistakes: readonly SettingMistake[];

  constructor(mistakes: readonly SettingMistake[]) {
    super(mistakes.map(({ where, message }) => `${where}: ${message}`).join('\n'));
    this.mistakes = mistakes;
  }
}
