/** What a table of tests came to. */
export interface CaseCount {
  passed: number;
  failed: number;
  skipped: number;
}

/** The part of a test runner's event that is looked at: https://nodejs.org/api/test.html#event-testpass */
export interface TestEvent {
  readonly type: string;
  readonly nesting: number;
  readonly skip?: string | boolean | undefined;
  readonly isSuite: boolean;
  /** Of a `test:diagnostic`. */
  readonly message?: string;
}

const CASES = /^cases (?<count>\d+)$/;

/**
 * Counts the cases of one test file. A test is one case, unless it says by a diagnostic `cases N` how many it looked at; a
 * suite, or a test that has tests of its own, is none.
 */
export class CaseCounter {
  readonly count: CaseCount = { passed: 0, failed: 0, skipped: 0 };
  /** Nestings at which a test has ended since their parent began. */
  #inner = new Set<number>();
  /** Diagnostics come after the test that they belong to, at the nesting below or at its own. */
  #last: keyof CaseCount = 'passed';

  add(event: TestEvent): void {
    if (event.type === 'test:diagnostic') {
      const cases = CASES.exec(event.message ?? '')?.groups?.['count'];
      if (cases !== undefined) this.count[this.#last] += Number(cases) - 1;
      return;
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') return;
    const isParent = event.isSuite || this.#inner.delete(event.nesting + 1);
    this.#inner.add(event.nesting);
    const failedAlone = event.type === 'test:fail' && !isParent;
    if (isParent && !failedAlone) return;
    this.#last =
      event.skip !== undefined && event.skip !== false
        ? 'skipped'
        : event.type === 'test:pass'
          ? 'passed'
          : 'failed';
    this.count[this.#last] += 1;
  }
}
