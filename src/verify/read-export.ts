import { csvCells } from './csv-cells.ts';
import { eventsIn, RAW_NAMES } from './event-bytes.ts';
import { memberSpans, skipBlank } from './json-spans.ts';
import { QuotedEventReader } from './quoted-event.ts';
import {
  ExportSyntaxError,
  LineSplitter,
  MAX_ITEM_BYTES,
  RowSplitter,
  type Splitter,
  ValueSplitter,
} from './split-export.ts';

const NEWLINE = 0x0a;
/** The form of an export is told from its first line, which must end within so many bytes to be one. */
const HEAD_BYTES = 4 * 1024 * 1024;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Told to whoever reads an export: each call before the next, in the order of the file. */
export interface ExportReader {
  /** The exact bytes of an event as they stand in the export. Valid only during the call. */
  onEvent(event: Buffer): void;
  /** An item that holds no event: another source's, or damaged. `item` counts from 1. */
  onOther(item: number): void;
  /** Bytes that were read so far. */
  onProgress?(bytes: number): void;
}

export interface ExportSummary {
  readonly bytes: number;
  readonly form: 'lines' | 'values' | 'csv' | 'empty';
  /** Set when the rest of the file could not be read. */
  readonly problem?: string;
}

/**
 * Reads what a SIEM exported, in bounded memory: NDJSON of events, HEC envelopes one a line or one after another, Splunk results
 * as JSON or CSV with `_raw`, Sentinel rows as a JSON array, NDJSON or CSV with `RawEvent`. Never rejects for what is in it. A
 * chunk is not looked at any more once the next one is asked for.
 */
export async function readExport(
  chunks: AsyncIterable<Uint8Array>,
  reader: ExportReader,
): Promise<ExportSummary> {
  let head: Buffer = Buffer.alloc(0);
  let taker: ItemTaker | undefined;
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (taker === undefined) {
        head = Buffer.concat([head, buffer]);
        if (head.length >= HEAD_BYTES || hasFirstLine(head)) taker = openTaker(head, reader);
      } else taker.push(buffer);
      reader.onProgress?.(bytes);
    }
    if (taker === undefined && head.length > 0) taker = openTaker(head, reader);
    taker?.end();
  } catch (error) {
    if (!(error instanceof ExportSyntaxError)) throw error;
    return { bytes, form: taker?.form ?? 'empty', problem: error.message };
  }
  return { bytes, form: taker?.form ?? 'empty' };
}

/** Cuts the bytes into items and looks for the events in each. */
class ItemTaker {
  readonly form: 'lines' | 'values' | 'csv';
  readonly #splitter: Splitter;
  readonly #reader: ExportReader;
  readonly #rows = new QuotedEventReader();
  #items = 0;
  #rawColumn = -1;

  constructor(form: 'lines' | 'values' | 'csv', reader: ExportReader) {
    this.form = form;
    this.#reader = reader;
    this.#splitter =
      form === 'lines' ? new LineSplitter() : form === 'csv' ? new RowSplitter() : new ValueSplitter();
  }

  push(chunk: Buffer): void {
    this.#splitter.push(chunk, this.#take);
  }

  end(): void {
    this.#splitter.end(this.#take);
  }

  readonly #take = (item: Buffer): void => {
    this.#items += 1;
    const found = this.form === 'csv' ? this.#takeRow(item) : this.#takeValue(item);
    if (!found) this.#reader.onOther(this.#items);
  };

  #takeValue(item: Buffer): boolean {
    const quoted = this.#rows.eventOf(item);
    if (quoted !== undefined) {
      this.#reader.onEvent(quoted);
      return true;
    }
    if (eventsIn(item, this.#onEvent)) return true;
    if (this.form !== 'lines' || memberSpans(item) !== undefined) return false;
    return this.#takeSeveral(item);
  }

  /** Several objects on one line: HEC takes envelopes so. */
  #takeSeveral(line: Buffer): boolean {
    let events = 0;
    let others = 0;
    const several = new ValueSplitter();
    const take = (item: Buffer): void => {
      if (eventsIn(item, this.#onEvent)) events += 1;
      else others += 1;
    };
    try {
      several.push(line, take);
      several.end(take);
    } catch (error) {
      if (!(error instanceof ExportSyntaxError)) throw error;
      return false;
    }
    return events > 0 && others === 0;
  }

  #takeRow(row: Buffer): boolean {
    const cells = csvCells(row.toString('utf8'));
    if (this.#items === 1) {
      this.#rawColumn = cells.findIndex((name) => RAW_NAMES.includes(name.trim()));
      if (this.#rawColumn !== -1) return true;
      throw new ExportSyntaxError(
        `this is neither JSON nor CSV with one of the columns ${RAW_NAMES.join(', ')}; export one of them`,
      );
    }
    const text = cells[this.#rawColumn] ?? '';
    return text.startsWith('{') && eventsIn(Buffer.from(text), this.#onEvent);
  }

  readonly #onEvent = (event: Buffer): void => this.#reader.onEvent(event);
}

/** Blank lines before the first one tell nothing. */
function hasFirstLine(head: Buffer): boolean {
  return head.includes(NEWLINE, skipBlank(head, 0));
}

function openTaker(head: Buffer, reader: ExportReader): ItemTaker {
  const start = head.indexOf(BYTE_ORDER_MARK) === 0 ? head.subarray(BYTE_ORDER_MARK.length) : head;
  const taker = new ItemTaker(formOf(start), reader);
  taker.push(start);
  return taker;
}

function formOf(head: Buffer): 'lines' | 'values' | 'csv' {
  const first = skipBlank(head, 0);
  if (head[first] === 0x5b) return 'values';
  if (head[first] !== 0x7b) return 'csv';
  const newline = head.indexOf(NEWLINE, first);
  if (newline === -1) return head.length < HEAD_BYTES ? 'lines' : 'values';
  // The first line of an indented object is no object.
  const line = head.subarray(first, newline);
  return line.length < MAX_ITEM_BYTES && line.includes(0x7d) && head[skipBlank(head, newline)] !== 0x22
    ? 'lines'
    : 'values';
}
