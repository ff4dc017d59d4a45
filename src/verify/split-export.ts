import { endOfValue, isBlank } from './json-spans.ts';

/** No line, row or value of an export is longer: beyond it the file is not what it is taken for. */
export const MAX_ITEM_BYTES = 256 * 1024 * 1024;

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const EMPTY: Buffer = Buffer.alloc(0);

/** Cuts a stream of bytes into items; what is not complete waits for the next chunk, as a copy: chunks may be used again. */
export interface Splitter {
  push(chunk: Buffer, onItem: (item: Buffer) => void): void;
  /** After the last chunk: what is left is an item too. */
  end(onItem: (item: Buffer) => void): void;
}

/** An item that does not end within `MAX_ITEM_BYTES`, or bytes between items that no JSON has. */
export class ExportSyntaxError extends Error {
  override readonly name = 'ExportSyntaxError';
}

/** Lines, without their line feed. Empty ones are left out. */
export class LineSplitter implements Splitter {
  #rest = EMPTY;

  push(chunk: Buffer, onItem: (item: Buffer) => void): void {
    let newline = chunk.indexOf(NEWLINE);
    let from = 0;
    // What was left of earlier chunks has no line feed in it. Only the line that it begins is copied, not the whole chunk.
    if (this.#rest.length > 0) {
      const first = joined(this.#rest, newline === -1 ? chunk : chunk.subarray(0, newline));
      this.#rest = first;
      if (newline === -1) return;
      onItem(first);
      from = newline + 1;
      newline = chunk.indexOf(NEWLINE, from);
    }
    for (; newline !== -1; newline = chunk.indexOf(NEWLINE, from)) {
      if (newline > from) onItem(chunk.subarray(from, newline));
      from = newline + 1;
    }
    this.#rest = kept(chunk.subarray(from));
  }

  end(onItem: (item: Buffer) => void): void {
    if (this.#rest.length > 0) onItem(this.#rest);
    this.#rest = EMPTY;
  }
}

/** Rows of CSV (RFC 4180): a line feed inside of quotes is part of its cell. */
export class RowSplitter implements Splitter {
  #rest = EMPTY;
  /** What was looked at of `#rest`, and whether that ended inside of quotes. */
  #seen = 0;
  #quoted = false;

  push(chunk: Buffer, onItem: (item: Buffer) => void): void {
    const bytes = joined(this.#rest, chunk);
    let from = 0;
    let at = this.#seen;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at];
      // A doubled quote closes and opens again.
      if (byte === QUOTE) this.#quoted = !this.#quoted;
      else if (byte === NEWLINE && !this.#quoted) {
        if (at > from) onItem(bytes.subarray(from, at));
        from = at + 1;
      }
    }
    this.#rest = kept(bytes.subarray(from));
    this.#seen = this.#rest.length;
  }

  end(onItem: (item: Buffer) => void): void {
    if (this.#rest.length > 0) onItem(this.#rest);
    this.#rest = EMPTY;
  }
}

const BETWEEN = new Set([0x2c, 0x5b, 0x5d]);

/**
 * JSON objects in any arrangement: one after another, on lines of their own, in an array, in arrays of arrays, indented. Commas
 * and brackets between them are passed over.
 */
export class ValueSplitter implements Splitter {
  #rest = EMPTY;
  #offset = 0;
  /** Looking again from the start of an unfinished object pays only when there is much more of it. */
  #nextLook = 0;

  push(chunk: Buffer, onItem: (item: Buffer) => void): void {
    const isFirst = this.#rest.length === 0;
    this.#rest = joined(this.#rest, chunk);
    if (this.#rest.length < this.#nextLook) {
      if (isFirst) this.#rest = kept(chunk);
      return;
    }
    this.#cut(onItem);
    this.#nextLook = 2 * this.#rest.length;
  }

  end(onItem: (item: Buffer) => void): void {
    this.#cut(onItem);
    if (this.#rest.length > 0) onItem(this.#rest);
    this.#rest = EMPTY;
  }

  #cut(onItem: (item: Buffer) => void): void {
    const bytes = this.#rest;
    let at = 0;
    while (at < bytes.length) {
      const byte = bytes[at] ?? 0;
      if (isBlank(byte) || BETWEEN.has(byte)) at += 1;
      else if (byte === 0x7b) {
        const end = endOfValue(bytes, at);
        if (end === undefined) break;
        onItem(bytes.subarray(at, end));
        at = end;
      } else {
        throw new ExportSyntaxError(
          `no JSON object begins at byte ${this.#offset + at}; what is after it was not read`,
        );
      }
    }
    this.#offset += at;
    this.#rest = kept(bytes.subarray(at));
  }
}

/** A chunk holds its bytes only during the call. */
function kept(bytes: Buffer): Buffer {
  return bytes.length === 0 ? EMPTY : Buffer.from(bytes);
}

function joined(rest: Buffer, chunk: Buffer): Buffer {
  if (rest.length === 0) return chunk;
  if (rest.length + chunk.length > MAX_ITEM_BYTES)
    throw new ExportSyntaxError(`one item is longer than ${MAX_ITEM_BYTES} bytes`);
  return Buffer.concat([rest, chunk]);
}
