import { KNOWN_REPORTS, type KnownReport, NOT_COVERED } from './known-reports.ts';
import { brokenPromises, isObject, type Report, showValue, TEXT, wordsOf } from './report.ts';

/** Shown in a line above the tables, not as a figure. */
const CIRCUMSTANCES = ['date', 'at', 'node', 'machine', 'version', 'commit'] as const;
const NO_FIGURES = new Set(['name', 'kind', 'command', TEXT]);
/** A seed is a name, not a quantity. */
const NAMES = new Set(['seed', 'name', 'kind', 'epoch']);

/** docs/reliability.md, whole, from the reports of the runs. Pure: the same reports give the same text. */
export function reliabilityDocument(reports: readonly Report[]): string {
  const broken = reports.flatMap(({ file, figures }) =>
    brokenPromises(figures).map((sentence) => `- **${cell(`${file}: ${sentence}`)}**`),
  );
  const known = KNOWN_REPORTS.flatMap((kind) => {
    const own = reports.filter(({ name }) => name === kind.name);
    return own.length === 0 ? [missing(kind)] : own.map((report) => section(kind, report));
  });
  const others = reports
    .filter(({ name }) => !KNOWN_REPORTS.some((kind) => kind.name === name))
    .map((report) => section({ title: report.name, about: '', command: '' }, report));
  return [
    '# Reliability report',
    '<!-- Written by "npm run reliability" from the reports that the runs below leave behind. Do not edit it by hand. -->',
    'What was done to the product, with which seeds, and what came of it. Each section names the command that it was made with, or makes such a run.',
    broken.length === 0
      ? 'In the runs below no record was lost and no promise was broken.'
      : `**Promises were broken:**\n\n${broken.join('\n')}`,
    ...known,
    ...others,
    `## What is not covered\n\n${NOT_COVERED.map((sentence) => `- ${sentence}`).join('\n')}`,
  ]
    .join('\n\n')
    .concat('\n');
}

function missing({ title, about, command }: KnownReport): string {
  return `## ${title}\n\n${about}\n\nNot run for this report: \`${command}\``;
}

function section({ title, about, command }: Omit<KnownReport, 'name'>, { figures }: Report): string {
  const circumstances = CIRCUMSTANCES.flatMap((key) =>
    figures[key] === undefined ? [] : [`${key === 'at' ? 'date' : key} ${showValue(figures[key])}`],
  );
  // What was really run, where the report says it; else only how such a run is made.
  const ran = figures['command'];
  const done = typeof ran === 'string' ? `\`${ran}\`` : command === '' ? '' : `Such a run: \`${command}\``;
  const rest = Object.entries(figures).filter(
    ([key]) => !NO_FIGURES.has(key) && !(CIRCUMSTANCES as readonly string[]).includes(key),
  );
  return [
    `## ${title}`,
    about,
    done,
    circumstances.join('; '),
    typeof figures[TEXT] === 'string' ? figures[TEXT] : '',
    single(rest.filter(([, value]) => !isTable(value) && !isLong(value))),
    ...rest.flatMap(([key, value]) => {
      if (isLong(value)) return [`### ${wordsOf(key)}\n\n${single(Object.entries(value))}`];
      return isTable(value) ? [many(key, value as readonly Row[])] : [];
    }),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Too many figures for one cell, such as faults by class. */
function isLong(value: unknown): value is Row {
  return isObject(value) && Object.keys(value).length > MAX_IN_A_CELL;
}

const MAX_IN_A_CELL = 4;

type Row = Readonly<Record<string, unknown>>;

function isTable(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}

function single(entries: readonly (readonly [string, unknown])[]): string {
  if (entries.length === 0) return '';
  const rows = entries.map(([key, value]) => [wordsOf(key), shown(key, value)]);
  return table(['', ''], rows);
}

/** A list of runs: one column a run where there are few with many figures, else one row a run. */
function many(key: string, runs: readonly Row[]): string {
  const columns = [...new Set(runs.flatMap((run) => Object.keys(run)))];
  const cells = runs.map((run) => columns.map((column) => shown(column, run[column])));
  const heading = `### ${wordsOf(key)}`;
  if (runs.length <= MAX_SIDE_BY_SIDE && columns.length > runs.length) {
    const rows = columns.map((column, index) => [wordsOf(column), ...cells.map((run) => run[index] ?? '')]);
    const [first = [], ...others] = rows;
    return `${heading}\n\n${table(first, others)}`;
  }
  return `${heading}\n\n${table(columns.map(wordsOf), cells)}`;
}

const MAX_SIDE_BY_SIDE = 3;

function shown(key: string, value: unknown): string {
  return NAMES.has(key) ? String(value) : showValue(value);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}
