import type { JsonObject, JsonValue } from '../../json.ts';
import type { WireEvent } from '../../ocsf/ocsf-event.ts';
import { type Column, COLUMNS } from './columns.ts';
import { joinUtf8 } from '../join-utf8.ts';
import { rowSource } from './event-fields.ts';

/** A row with the declared columns that the event has a value for, and no others. */
export function rowOf(event: WireEvent, columns: readonly Column[] = COLUMNS): JsonObject {
  const source = rowSource(event);
  const row: Record<string, JsonValue> = {};
  for (const { name, read } of columns) {
    const value = read(source);
    if (value !== undefined) row[name] = value;
  }
  return row;
}

/** A JSON array of rows, or undefined when it would be longer than `maxBytes` of UTF-8. */
export function encodeRows(rowTexts: Iterable<string>, maxBytes: number): Buffer | undefined {
  const parts: string[] = [];
  let bytes = '[]'.length;
  for (const text of rowTexts) {
    bytes += Buffer.byteLength(text) + (parts.length === 0 ? 0 : ','.length);
    if (bytes > maxBytes) return undefined;
    parts.push(parts.length === 0 ? '[' : ',', text);
  }
  parts.push(parts.length === 0 ? '[]' : ']');
  return joinUtf8(parts);
}
