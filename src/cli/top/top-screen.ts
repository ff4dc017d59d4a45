import type { JsonObject, JsonValue } from '../../json.ts';
import { asItems, asObject, cell } from '../output.ts';
import { textTable } from '../text-table.ts';
import { type DestinationLine, destinationLine } from './destination-line.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** What stands besides the lines of the table: title, answer, until when, blank lines, header, what is hidden, what to do. */
const FRAME_ROWS = 12;
/** Destinations in trouble about which something is said; two lines each. */
const MAX_ADVICE = 2;
const TROUBLE: Readonly<Record<string, number>> = { bad: 2, wait: 1 };

/**
 * One screen out of the answer of `GET /v1/siem/overview`: does every SIEM have everything, if not, why not, until when it has, and
 * what to do. Pure; troubled destinations stand first.
 */
export function topScreen(overview: JsonObject, previous: JsonObject | undefined, size: ScreenSize): string {
  const atMs = timeOf(overview);
  const sorted = linesOf(overview).toSorted(
    (a, b) => trouble(b) - trouble(a) || a.name.localeCompare(b.name),
  );
  const shown = sorted.slice(0, Math.max(1, size.rows - FRAME_ROWS));
  const rows = shown.map((line) => cells(line, rateOf(line, atMs, previous), atMs));
  const table = textTable(
    ['DESTINATION', 'STATE', 'WAITING', 'OLDEST', 'DEAD', 'EVENTS/S', 'DELIVERED', 'NEXT TRY'],
    rows,
  );
  const hidden = sorted.length - shown.length;
  const advice = sorted.filter((line) => trouble(line) > 0).slice(0, MAX_ADVICE);
  const lines = [
    `aegis-siem top   ${cell(overview['at'])}   Ctrl-C ends it`,
    ...answer(
      asObject(overview['summary']),
      sorted.some(({ deadLetters }) => deadLetters > 0),
    ),
    '',
    ...(sorted.length === 0
      ? ['There is no destination yet: aegis-siem destinations create']
      : table.trimEnd().split('\n')),
    ...(hidden > 0 || overview['more'] === true
      ? [`and ${overview['more'] === true ? 'more' : `${hidden} more`}: aegis-siem destinations ls`]
      : []),
    ...(advice.length === 0 ? [] : ['']),
    ...advice.flatMap((line) => adviceLines(line)),
  ];
  return lines.map((line) => `${cut(line, size.columns)}\n`).join('');
}

const ANSWERS: Readonly<Record<string, string>> = {
  complete: 'Complete? Yes.',
  waiting: 'Complete? Not yet.',
  problem: 'Complete? No.',
};

/** The one line that an operator looks for, and up to when nothing is missing. */
function answer(summary: JsonObject, someAreDead: boolean): readonly string[] {
  const word = cell(summary['answer']);
  const line = `${ANSWERS[word] ?? 'Complete?'} ${cell(summary['text'])}`;
  const until = summary['complete_until'];
  if (word === 'complete' || typeof until !== 'string') return [line];
  const but = someAreDead ? ', but for dead letters' : '';
  return [line, `What was recorded before ${until} is delivered everywhere${but}; what waits is kept.`];
}

function adviceLines({ name, text, answer: said, nextStep }: DestinationLine): readonly string[] {
  const heard = said === undefined || said === nextStep || text.includes(said) ? '' : ` ${cell(said)}`;
  return [
    `${cell(name)}: ${cell(text)}${heard}`,
    ...(nextStep === undefined ? [] : [`  do: ${cell(nextStep)}`]),
  ];
}

function cells(line: DestinationLine, rate: number, nowMs: number): readonly string[] {
  return [
    cell(line.name),
    line.word,
    `${line.waiting}${line.waitingAtLeast ? '+' : ''}`,
    line.oldestAgeSeconds === undefined ? '-' : span(line.oldestAgeSeconds),
    String(line.deadLetters),
    rate.toFixed(1),
    line.lastDeliveredAtMs === undefined ? 'never' : `${span((nowMs - line.lastDeliveredAtMs) / 1_000)} ago`,
    line.nextTryAtMs === undefined || line.nextTryAtMs <= nowMs
      ? '-'
      : `in ${span((line.nextTryAtMs - nowMs) / 1_000)}`,
  ];
}

function rateOf(line: DestinationLine, atMs: number, previous: JsonObject | undefined): number {
  if (previous === undefined) return line.eventsPerSecond;
  const elapsedMs = atMs - timeOf(previous);
  const before = linesOf(previous).find(({ name, epoch }) => name === line.name && epoch === line.epoch);
  if (before === undefined || elapsedMs <= 0) return line.eventsPerSecond;
  return Math.max(0, ((line.numbersGiven - before.numbersGiven) * 1_000) / elapsedMs);
}

function linesOf(overview: JsonObject): readonly DestinationLine[] {
  return asItems(overview['destinations']).map((item) => destinationLine(item));
}

function trouble({ tone }: DestinationLine): number {
  return TROUBLE[tone] ?? 0;
}

function timeOf({ at }: { readonly at?: JsonValue }): number {
  return typeof at === 'string' ? Date.parse(at) : 0;
}

/** `42s`, `7m`, `3h`, `5d`: as much as fits a column. */
function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole}s`;
  if (whole < 7_200) return `${Math.round(whole / 60)}m`;
  return whole < 172_800 ? `${Math.round(whole / 3_600)}h` : `${Math.round(whole / 86_400)}d`;
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
