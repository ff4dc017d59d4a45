import { createHash } from 'node:crypto';

/** What happened in a world, line by line. A line is only made when somebody wants it: most worlds are never looked at. */
export class Trace {
  readonly lines: string[] = [];
  readonly #wanted: boolean;

  constructor(wanted: boolean) {
    this.#wanted = wanted;
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  add(atMs: number, line: () => string): void {
    if (this.#wanted) this.lines.push(`${atMs.toFixed(1)} ${line()}`);
  }

  /** The same for the same lines, and for no others. */
  get sha256(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex');
  }
}
