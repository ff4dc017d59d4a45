/** Which half of a destination's settings is wrong. */
export type SettingsPart = 'config' | 'credentials';

/**
 * Thrown when the settings or credentials of a destination cannot be used. The sentence says what is wrong and what to do;
 * it never repeats a credential.
 */
export class ConnectorConfigError extends Error {
  override readonly name = 'ConnectorConfigError';
  readonly part: SettingsPart;
  /** JSON pointer inside that part, such as `/endpoint`. */
  readonly pointer: string;

  constructor(part: SettingsPart, pointer: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.part = part;
    this.pointer = pointer;
  }
}
