/** Where in a stream an event says that it stands, and whether its bytes can be those that were sent. */
export interface EventPlace {
  readonly stream: string;
  readonly epoch: string;
  /** Absent for a test event. */
  readonly seq?: number;
  readonly kind: string;
  /** The text is not as this product writes JSON: something wrote it anew. */
  readonly rewritten: boolean;
}

/** As the stamp writes it. The quotes of a string's content are escaped, so these bytes are always structure. */
const STAMP_HEAD = Buffer.from('"stream":{"id":"');
const STAMP =
  /^"stream":\{"id":"([\w.-]{1,128})","epoch":"([\w.-]{1,128})",(?:"seq":(\d{1,10}),)?"kind":"(\w{1,16})"/;
const MAX_STAMP_BYTES = 400;
/** JSON.stringify never writes a solidus so. */
const ESCAPED_SOLIDUS = Buffer.from('\\/');
const EMPTY: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * Reads the stamp of an event, of one in a thousand by parsing all of it: a stamp in the usual bytes that stands there once
 * is the event's own. Undefined when there is none: the event is not from a stream.
 */
export function readPlace(event: Buffer): EventPlace | undefined {
  const at = event.indexOf(STAMP_HEAD);
  if (at !== -1 && event.indexOf(STAMP_HEAD, at + STAMP_HEAD.length) === -1) {
    const stamp = STAMP.exec(event.toString('latin1', at, at + MAX_STAMP_BYTES));
    if (stamp !== null) {
      const [, stream = '', epoch = '', seq, kind = ''] = stamp;
      const rewritten = event.includes(ESCAPED_SOLIDUS) && isRewritten(event);
      return { stream, epoch, kind, rewritten, ...(seq === undefined ? {} : { seq: Number(seq) }) };
    }
  }
  return readByParsing(event);
}

function readByParsing(event: Buffer): EventPlace | undefined {
  const stamp = fieldsAt(fieldsAt(fieldsAt(parsed(event), 'unmapped'), 'aegis'), 'stream');
  const { id, epoch, seq, kind } = stamp;
  if (typeof id !== 'string' || typeof epoch !== 'string' || typeof kind !== 'string') return undefined;
  const rewritten = isRewritten(event) || Object.keys(stamp)[0] !== 'id';
  const place = { stream: id, epoch, kind, rewritten };
  if (typeof seq !== 'number') return place;
  return Number.isInteger(seq) && seq >= 1 && seq <= 2_147_483_647 ? { ...place, seq } : undefined;
}

/** Reading and writing it changes the text: so it was not written as this product does. */
function isRewritten(event: Buffer): boolean {
  const text = event.toString('utf8');
  return JSON.stringify(parsed(event)) !== text;
}

export function parsed(event: Buffer): unknown {
  try {
    return JSON.parse(event.toString('utf8'));
  } catch {
    // No event then: counted as something else.
    return undefined;
  }
}

/** An object's member that is an object; empty otherwise. */
export function fieldsAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return EMPTY;
  const member = (value as Readonly<Record<string, unknown>>)[key];
  return typeof member === 'object' && member !== null && !Array.isArray(member)
    ? (member as Readonly<Record<string, unknown>>)
    : EMPTY;
}
