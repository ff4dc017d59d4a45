import type { CliIo } from './cli-io.ts';

const ERASE_LINE = '\r\u001b[K';

/** Progress on stderr: one line that is rewritten on a terminal, nothing elsewhere. Messages never mix with it. */
export class ProgressLine {
  readonly #io: CliIo;
  #shown = '';

  constructor(io: CliIo) {
    this.#io = io;
  }

  /** Answers whether it was shown. */
  show(text: string): boolean {
    if (!this.#io.stderrIsTerminal) return false;
    this.#io.writeError(`${ERASE_LINE}${text}`);
    this.#shown = text;
    return true;
  }

  /** A message that stays, above the progress. */
  say(text: string): void {
    this.#io.writeError(this.#shown === '' ? `${text}\n` : `${ERASE_LINE}${text}\n${this.#shown}`);
  }

  clear(): void {
    if (this.#shown !== '') this.#io.writeError(ERASE_LINE);
    this.#shown = '';
  }
}
