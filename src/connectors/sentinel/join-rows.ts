import type { EventBytes } from '../connector.ts';
import { joinEvents } from '../join-events.ts';

/** A JSON array of rows, or undefined when it would be longer than `maxBytes`. */
export function joinRows(rows: readonly EventBytes[], maxBytes: number): Buffer | undefined {
  const commas = Math.max(0, rows.length - 1);
  const bytes = rows.reduce((sum, row) => sum + row.byteLength, '[]'.length + commas);
  return bytes > maxBytes ? undefined : joinEvents(rows, { before: '[', between: ',', after: ']' });
}
