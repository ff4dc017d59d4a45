/** A part of a line. */
export type Inline =
  | { readonly kind: 'text' | 'code' | 'strong'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

/** A part of a page. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly line: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly line: readonly Inline[] }
  | {
      readonly kind: 'list';
      /** Of the first item; absent where items have no number. */
      readonly start?: number;
      readonly items: readonly (readonly Inline[])[];
    }
  | { readonly kind: 'code'; readonly text: string }
  | {
      readonly kind: 'table';
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    };

const FENCE = /^ *```/;
const HEADING = /^(?<marks>#{1,6}) +(?<text>.+)$/;
const ITEM = /^(?:(?<number>\d+)\.|-) +(?<text>.+)$/;
const TABLE = /^\|/;
const COMMENT = /^<!--.*-->$/;
const INLINE = /`(?<code>[^`]+)`|\*\*(?<strong>[^*]+)\*\*|\[(?<text>[^\]]+)\]\((?<href>[^)\s]+)\)/g;

/**
 * The part of Markdown that the pages of docs/operations are written in: headings, paragraphs, lists of one level, fenced code
 * and tables. Values, never markup: whatever stands in a page shows as text.
 */
export function parseMarkdown(text: string): readonly Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let at = 0;
  const takeWhile = (fits: (line: string) => boolean): string[] => {
    const from = at;
    while (at < lines.length && fits(lines[at] ?? '')) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const heading = HEADING.exec(line)?.groups;
    if (line.trim() === '' || COMMENT.test(line)) {
      at += 1;
    } else if (FENCE.test(line)) {
      at += 1;
      blocks.push({ kind: 'code', text: withoutIndent(takeWhile((one) => !FENCE.test(one))) });
      at += 1;
    } else if (heading !== undefined) {
      at += 1;
      const { marks = '', text: words = '' } = heading;
      blocks.push({ kind: 'heading', level: marks.length, line: parseInline(words) });
    } else if (TABLE.test(line)) {
      blocks.push(tableOf(takeWhile((one) => TABLE.test(one))));
    } else if (ITEM.test(line)) {
      blocks.push(listOf(takeWhile((one) => !FENCE.test(one) && (ITEM.test(one) || /^ {2,}\S/.test(one)))));
    } else {
      at += 1;
      const rest = takeWhile((one) => one.trim() !== '' && !startsBlock(one));
      blocks.push({
        kind: 'paragraph',
        line: parseInline([line, ...rest].map((one) => one.trim()).join(' ')),
      });
    }
  }
  return blocks;
}

export function parseInline(text: string): readonly Inline[] {
  const parts: Inline[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    from = match.index + match[0].length;
    const { code, strong, text: words = '', href } = match.groups ?? {};
    if (code !== undefined) parts.push({ kind: 'code', text: code });
    else if (strong !== undefined) parts.push({ kind: 'strong', text: strong });
    else if (href !== undefined) parts.push({ kind: 'link', text: words, href });
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

function startsBlock(line: string): boolean {
  return FENCE.test(line) || HEADING.test(line) || TABLE.test(line) || ITEM.test(line);
}

/** Code that belongs to a step of a list stands as far in as the step. */
function withoutIndent(lines: readonly string[]): string {
  const depths = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const depth = Math.min(...depths);
  return lines.map((line) => line.slice(depth)).join('\n');
}

function listOf(lines: readonly string[]): Block {
  const items: string[] = [];
  let start: number | undefined;
  for (const line of lines) {
    const item = ITEM.exec(line)?.groups;
    if (item === undefined) {
      // The line before goes on.
      items.push(`${items.pop() ?? ''} ${line.trim()}`);
      continue;
    }
    if (items.length === 0 && item['number'] !== undefined) start = Number(item['number']);
    items.push(item['text'] ?? '');
  }
  return { kind: 'list', items: items.map(parseInline), ...(start === undefined ? {} : { start }) };
}

function tableOf(lines: readonly string[]): Block {
  const rows = lines.map((line) =>
    line
      .replace(/^\||\|\s*$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => parseInline(cell.trim().replaceAll('\\|', '|'))),
  );
  const [head = [], , ...body] = rows;
  return { kind: 'table', head, rows: body };
}
