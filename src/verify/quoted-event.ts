import { RAW_NAMES } from './event-bytes.ts';
import { endOfString, endOfValue, skipBlank } from './json-spans.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const SOLIDUS = 0x2f;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;

const SCALAR = /^[\w.+-]{1,64}$/;

/** The object of a row in the lines that Splunk's export writes: `{"preview":false,"result":{...}}`. */
const RESULT = 'result';
/** Members that make a row something else, or ambiguous. */
const OTHER_MARKS = new Set(['class_uid', 'type_uid', 'unmapped', 'fields', 'event', 'results', 'tables']);

/**
 * Takes the event out of a row that quotes it (`_raw`, `RawEvent`), alone or in a `result`, in one walk over the bytes: where it is
 * looked for, it is unquoted. Answers undefined for everything else and whatever is unusual; `eventsIn` judges that then, and
 * comes to the same where this one answers.
 */
export class QuotedEventReader {
  #text: Buffer = Buffer.alloc(64 * 1_024);
  #length = 0;
  #found = false;
  #hasResult = false;

  /** Valid until the next call. */
  eventOf(item: Buffer): Buffer | undefined {
    if (item[0] !== OPEN_BRACE || item[1] !== QUOTE) return undefined;
    if (this.#text.length < item.length) this.#text = Buffer.alloc(2 * item.length);
    this.#found = false;
    this.#hasResult = false;
    const end = this.#walk(item, 0);
    if (end === undefined || !this.#found || skipBlank(item, end) !== item.length) return undefined;
    const event = this.#text.subarray(0, this.#length);
    return event[0] === OPEN_BRACE && event.at(-1) === CLOSE_BRACE ? event : undefined;
  }

  /** Where the object that begins at `start` ends; undefined when it is not for this reader. */
  #walk(item: Buffer, start: number): number | undefined {
    let at = start + 1;
    while (item[at] === QUOTE) {
      const keyEnd = endOfString(item, at);
      if (keyEnd === undefined || item[keyEnd] !== COLON) return undefined;
      const value = keyEnd + 1;
      const end = this.#member(item, item.toString('latin1', at + 1, keyEnd - 1), value);
      if (end === undefined) return undefined;
      if (item[end] === CLOSE_BRACE) return end + 1;
      if (item[end] !== COMMA) return undefined;
      at = end + 1;
    }
    return undefined;
  }

  #member(item: Buffer, key: string, value: number): number | undefined {
    if (RAW_NAMES.includes(key)) {
      if (this.#found || item[value] !== QUOTE) return undefined;
      this.#found = true;
      return this.#unquote(item, value + 1);
    }
    if (key === RESULT && item[value] === OPEN_BRACE) {
      // One of several, or beside a text that was found: not for this reader.
      if (this.#found || this.#hasResult) return undefined;
      this.#hasResult = true;
      return this.#walk(item, value);
    }
    if (OTHER_MARKS.has(key) || key.includes('\\')) return undefined;
    const isScalar = item[value] !== QUOTE && item[value] !== OPEN_BRACE && item[value] !== OPEN_BRACKET;
    return isScalar ? endOfScalar(item, value) : endOfValue(item, value);
  }

  /** Puts down what a string holds, whose first byte is at `start`. Undefined when it has escapes that no event of ours needs. */
  #unquote(item: Buffer, start: number): number | undefined {
    const text = this.#text;
    let length = 0;
    for (let at = start; at < item.length; at += 1) {
      let byte = item[at] ?? 0;
      if (byte === QUOTE) {
        this.#length = length;
        return at + 1;
      }
      // A control character has no place in a string.
      if (byte < 0x20) return undefined;
      if (byte === BACKSLASH) {
        at += 1;
        byte = item[at] ?? 0;
        if (byte !== QUOTE && byte !== BACKSLASH && byte !== SOLIDUS) return undefined;
      }
      text[length] = byte;
      length += 1;
    }
    return undefined;
  }
}

/** Of a number, `true`, `false` or `null`. Undefined where anything else stands, such as a brace. */
function endOfScalar(item: Buffer, start: number): number | undefined {
  const end = endOfValue(item, start);
  return end !== undefined && SCALAR.test(item.toString('latin1', start, end)) ? end : undefined;
}
