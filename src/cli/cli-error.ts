import { EXIT } from './exit-codes.ts';

/** A command cannot go on. The message says what, where and what to do; it is printed as it is, without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;
  readonly code: string;

  constructor(code: string, message: string, exitCode: number = EXIT.usage, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.exitCode = exitCode;
  }
}
