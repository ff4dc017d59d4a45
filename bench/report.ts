import { writeFileSync } from 'node:fs';
import { type Conditions, conditionsNow, loadNow } from './conditions.ts';

/** One comparison: a table for people, and the figures behind it for programs. */
export interface BenchTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What a reader must know to judge the figures, a sentence each. */
  readonly notes?: readonly string[];
  readonly figures: unknown;
}

/** Prints each table as it comes, as Markdown, and keeps all of them for `--json FILE`. */
export class BenchReport {
  readonly #conditions: Conditions = conditionsNow();
  readonly #tables: (BenchTable & { readonly loadAfter: readonly number[] })[] = [];

  constructor() {
    const { at, node, processors, memoryGb, loadBefore } = this.#conditions;
    console.log(
      `# ${at.slice(0, 16)}Z, Node ${node}, ${processors}, ${memoryGb} GB, load ${loadBefore.join(' ')} before`,
    );
  }

  add(table: BenchTable): void {
    const loadAfter = loadNow();
    this.#tables.push({ ...table, loadAfter });
    console.log(`\n## ${table.title}\n`);
    console.log(line(table.columns));
    console.log(line(table.columns.map(() => '---')));
    for (const row of table.rows) console.log(line(row));
    console.log(`\nLoad ${loadAfter.join(' ')} afterwards.`);
    for (const note of table.notes ?? []) console.log(note);
  }

  save(file: string | undefined): void {
    if (file === undefined) return;
    writeFileSync(
      file,
      `${JSON.stringify({ conditions: this.#conditions, tables: this.#tables }, null, 2)}\n`,
    );
  }
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
