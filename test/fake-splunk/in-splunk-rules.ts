import type { JsonObject, JsonValue } from '../../src/json.ts';
import { type CollectorState, type IncomingRequest, isEventPath } from './collector-state.ts';
import { endOfNested, envelopeOf, type Envelope, skipBlank } from './envelopes.ts';
import { type HecAnswer, hecReply } from './hec-reply.ts';

/** `buffer_max_size`: of the body as it comes over the wire. */
const MAX_WIRE_BYTES = 4 * 1024 * 1024;
const SCALAR = /(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|"(?:[^"\\]|\\.)*")(?=[\s{[]|$)/y;

/**
 * The rules of Fluent Bit's receiver `in_splunk`, as measured with release 5.1.1: another program that reads what is meant
 * for Splunk. It asks more of JSON and gzip, and nothing of envelopes, channels and indexes.
 */
export function inSplunkRules(request: IncomingRequest, state: CollectorState): HecAnswer | 'reset' {
  const { path, method, headers, wire, body } = request;
  if (path.endsWith('/services/collector/health'))
    return { status: 200, code: 200, body: '{"text":"Success","code":200}' };
  if (!isEventPath(path))
    return { status: 400, body: 'error: invalid HTTP endpoint\n', headers: { 'content-type': 'text/plain' } };
  if (method !== 'POST')
    return { status: 400, body: 'error: invalid HTTP method\n', headers: { 'content-type': 'text/plain' } };
  if (wire.length > MAX_WIRE_BYTES) return state.tls ? 'reset' : { status: 413, body: '' };
  const { authorization } = headers;
  if (authorization === undefined) return hecReply(2);
  if (!authorization.startsWith('Splunk ')) return hecReply(3);
  if (authorization.slice('Splunk '.length).toLowerCase() !== state.token.toLowerCase()) return hecReply(4);
  if (body === undefined) return hecReply(6);
  const text = body.toString('utf8');
  if (!/^application\/json\b/.test(headers['content-type'] ?? '') && !text.startsWith('{')) {
    state.take([{ fields: {}, event: text, eventText: text }]);
    return hecReply(0, {}, 1);
  }
  const { records, fault } = readRecords(text);
  if (fault === 'garbage') return hecReply(6);
  state.take(records);
  return fault === 'scalar' ? hecReply(6, {}, records.length) : hecReply(0, {}, records.length);
}

/** A cut last object is passed over in silence; a scalar ends the reading and keeps what came before. */
function readRecords(text: string): {
  readonly records: readonly Envelope[];
  readonly fault?: 'garbage' | 'scalar';
} {
  const records: Envelope[] = [];
  let at = skipBlank(text, 0);
  while (at < text.length) {
    if (text[at] !== '{' && text[at] !== '[') {
      SCALAR.lastIndex = at;
      return { records, fault: SCALAR.test(text) ? 'scalar' : 'garbage' };
    }
    const end = endOfNested(text, at);
    if (end === undefined) break;
    const part = text.slice(at, end);
    try {
      const value = JSON.parse(part) as JsonObject | readonly JsonValue[];
      if (Array.isArray(value))
        records.push(...(value as readonly JsonObject[]).map((one) => envelopeOf(one, '')));
      else records.push(envelopeOf(value as JsonObject, part));
    } catch {
      return { records, fault: 'garbage' };
    }
    at = skipBlank(text, end);
  }
  return { records };
}
