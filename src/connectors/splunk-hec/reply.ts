import type { EgressResponse } from '../../egress/egress.ts';

/** What HEC answers: `{"text": ..., "code": n}` with `ackId` or `invalid-event-number` where they apply. */
export interface HecReply {
  readonly status: number;
  /** Absent: the body is no HEC reply (an HTML page, nothing, something else). */
  readonly code?: number;
  readonly text: string;
  readonly ackId?: number;
  readonly invalidEventNumber?: number;
  /** The reply was longer than we read, or its connection ended early. */
  readonly cut: boolean;
}

export function readHecReply({
  status,
  body,
  bodyCut,
}: Pick<EgressResponse, 'status' | 'body' | 'bodyCut'>): HecReply {
  const fields = parse(Buffer.from(body).toString('utf8'));
  const code = fields['code'];
  return {
    status,
    ...(typeof code === 'number' && Number.isInteger(code) ? { code } : {}),
    text: typeof fields['text'] === 'string' ? fields['text'] : '',
    ...number('ackId', fields['ackId']),
    ...number('invalidEventNumber', fields['invalid-event-number']),
    cut: bodyCut,
  };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : {};
  } catch {
    // HTML pages are common answers of proxies, of 413 and of 415.
    return {};
  }
}

/** A number, or digits in a text: versions differ. */
function number<Name extends string>(name: Name, value: unknown): { readonly [Key in Name]?: number } {
  const read = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  const usable = typeof read === 'number' && Number.isSafeInteger(read) && read >= 0;
  return (usable ? { [name]: read } : {}) as { readonly [Key in Name]?: number };
}
