import { cell } from '../output.ts';
import { textTable } from '../text-table.ts';
import type { DestinationLine } from './destination-line.ts';

/** Everything that was seen at one moment. */
export interface TopLook {
  readonly atMs: number;
  readonly destinations: readonly DestinationLine[];
}

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** An event may be on its way this long before the answer is "not yet". */
const FRESH_SECONDS = 30;
/** What stands besides the lines of the table: title, answer, blank lines, header, what to do. */
const FRAME_ROWS = 8;
const MAX_ADVICE = 3;

/** One screen: does every SIEM have everything, and if not, why not. Pure; troubled destinations stand first. */
export function topScreen(look: TopLook, previous: TopLook | undefined, size: ScreenSize): string {
  const sorted = look.destinations.toSorted(
    (a, b) => trouble(b) - trouble(a) || a.name.localeCompare(b.name),
  );
  const shown = sorted.slice(0, Math.max(1, size.rows - FRAME_ROWS));
  const rows = shown.map((line) => cells(line, rateOf(line, look, previous), look.atMs));
  const table = textTable(
    ['DESTINATION', 'STATE', 'WAITING', 'OLDEST', 'DEAD', 'EVENTS/S', 'DELIVERED', 'WHY'],
    rows,
  );
  const hidden = sorted.length - shown.length;
  const advice = sorted.filter((line) => trouble(line) > 0 && line.message !== undefined);
  const lines = [
    `aegis-siem top   ${new Date(look.atMs).toISOString()}   Ctrl-C ends it`,
    answer(look.destinations),
    '',
    ...(sorted.length === 0
      ? ['There is no destination yet: aegis-siem destinations create']
      : table.trimEnd().split('\n')),
    ...(hidden === 0 ? [] : [`and ${hidden} more`]),
    ...(advice.length === 0 ? [] : ['']),
    ...advice.slice(0, MAX_ADVICE).map((line) => `${cell(line.name)}: ${cell(line.message)}`),
  ];
  return lines.map((line) => `${cut(line, size.columns)}\n`).join('');
}

/** The one line that an operator looks for. */
export function answer(destinations: readonly DestinationLine[]): string {
  const live = destinations.filter(({ state }) => state !== 'disabled');
  const behind = live.filter((line) => (line.oldestAgeSeconds ?? 0) > FRESH_SECONDS);
  const dead = live.reduce((sum, line) => sum + line.deadLetters, 0);
  if (live.length === 0) return 'Complete? No destination takes events.';
  if (behind.length === 0 && dead === 0) return `Complete? Yes: all ${live.length} have everything.`;
  const parts = [
    ...(behind.length === 0 ? [] : [`${behind.length} of ${live.length} are behind`]),
    ...(dead === 0 ? [] : [`${dead} dead letters wait for a decision`]),
  ];
  return `Complete? Not yet: ${parts.join(', ')}. Nothing is lost.`;
}

function trouble({ health, state, deadLetters, oldestAgeSeconds = 0 }: DestinationLine): number {
  if (state === 'disabled') return 0;
  if (health === 'held') return 4;
  if (health === 'failing') return 3;
  if (oldestAgeSeconds > FRESH_SECONDS || health === 'throttled') return 2;
  return deadLetters > 0 ? 1 : 0;
}

function cells(line: DestinationLine, rate: number | undefined, nowMs: number): readonly string[] {
  return [
    cell(line.name),
    line.state === 'active' ? line.health : line.state,
    `${line.waiting}${line.waitingAtLeast ? '+' : ''}`,
    line.oldestAgeSeconds === undefined ? '-' : span(line.oldestAgeSeconds),
    String(line.deadLetters),
    rate === undefined ? '-' : rate.toFixed(1),
    line.lastDeliveredAtMs === undefined ? 'never' : `${span((nowMs - line.lastDeliveredAtMs) / 1_000)} ago`,
    why(line, nowMs),
  ];
}

function why({ reason, nextTryAtMs }: DestinationLine, nowMs: number): string {
  if (reason === undefined) return '-';
  if (nextTryAtMs === undefined || nextTryAtMs <= nowMs) return cell(reason);
  return `${cell(reason)}, next try in ${span((nextTryAtMs - nowMs) / 1_000)}`;
}

function rateOf(line: DestinationLine, look: TopLook, previous: TopLook | undefined): number | undefined {
  const before = previous?.destinations.find(
    ({ name, streamEpoch }) => name === line.name && streamEpoch === line.streamEpoch,
  );
  if (before === undefined || previous === undefined || look.atMs <= previous.atMs) return undefined;
  return Math.max(0, ((line.nextSeq - before.nextSeq) * 1_000) / (look.atMs - previous.atMs));
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
