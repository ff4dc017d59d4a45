/** The cells of a row of CSV (RFC 4180), quotes taken off. */
export function csvCells(row: string): string[] {
  const cells: string[] = [];
  const text = row.endsWith('\r') ? row.slice(0, -1) : row;
  let at = 0;
  for (;;) {
    const quoted = text[at] === '"';
    const end = quoted ? endOfQuoted(text, at) : endOfPlain(text, at);
    cells.push(quoted ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end));
    if (end >= text.length) return cells;
    at = end + 1;
  }
}

/** After the closing quote: the first that is not doubled. */
function endOfQuoted(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  if (quote === -1) return text.length + 1;
  const comma = text.indexOf(',', quote);
  return comma === -1 ? text.length : comma;
}

function endOfPlain(text: string, start: number): number {
  const comma = text.indexOf(',', start);
  return comma === -1 ? text.length : comma;
}
