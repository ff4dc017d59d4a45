/** One thing that is wrong with an event: a stable code, the place (`finding.uid`, `resources[2].name`), a sentence. */
export interface Finding {
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

/** A finding is listed at most this often, so that a broken event of a megabyte does not make a report of ten. */
const MAX_FINDINGS = 100;

export class Findings {
  readonly #list: Finding[] = [];

  get list(): readonly Finding[] {
    return this.#list;
  }

  add(code: string, path: string, message: string): void {
    if (this.#list.length < MAX_FINDINGS) this.#list.push({ code, path, message });
  }
}
