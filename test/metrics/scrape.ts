/** One sample of the Prometheus text format. */
export interface Sample {
  /** As it stands, `_bucket`, `_sum` and `_count` included. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;
const LABEL = /(?<name>\w+)="(?<value>(?:[^"\\]|\\.)*)"/g;

/** Reads the text of a scrape. Throws for a line that is none. */
export function parseScrape(text: string): readonly Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const groups = LINE.exec(line)?.groups;
      if (groups === undefined) throw new Error(`not a sample: ${line}`);
      const labels: Record<string, string> = {};
      for (const { groups: label } of (groups['labels'] ?? '').matchAll(LABEL)) {
        labels[label?.['name'] ?? ''] = label?.['value'] ?? '';
      }
      return { name: groups['name'] ?? '', labels, value: numberOf(groups['value'] ?? '') };
    });
}

/** The metric that a sample belongs to. */
export function metricOf(name: string, histograms: ReadonlySet<string>): string {
  const base = name.replace(/_(?:bucket|sum|count)$/, '');
  return histograms.has(base) ? base : name;
}

function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}
