import type { EgressResponse } from '../../egress/egress.ts';
import { answerText } from '../answer-text.ts';
import type { Answer } from '../outcome.ts';
import type { SplunkHecConfig } from './config.ts';
import type { HecReply } from './reply.ts';

/** What the collector said, fit to be kept and shown: printable, bounded, without the token even where it is repeated. */
export function hecAnswer(
  reply: HecReply,
  { durationMs }: Pick<EgressResponse, 'durationMs'>,
  token: string,
  config: Pick<SplunkHecConfig, 'index' | 'indexerAcknowledgement'>,
): Answer {
  const { status, code, text, invalidEventNumber } = reply;
  const said =
    code === undefined ? `HTTP ${status} without a HEC reply` : `HTTP ${status}, code ${code}: ${text}`;
  const place = invalidEventNumber === undefined ? '' : ` (event ${invalidEventNumber} of the request)`;
  const note = noteOn(reply, config);
  return {
    status,
    ...(code === undefined ? {} : { code: String(code) }),
    message: answerText(`${said}${place}${note === undefined ? '' : `; ${note}`}`, [token]),
    durationMs,
  };
}

/** What the answer leaves out, and the person who reads it needs. */
function noteOn(
  { status, code, ackId }: HecReply,
  { index, indexerAcknowledgement }: Pick<SplunkHecConfig, 'index' | 'indexerAcknowledgement'>,
): string | undefined {
  if (code === 7) {
    // Splunk never names the index that it refuses.
    return index === undefined
      ? 'the index is the default of the token'
      : `the index is "${index}": it must exist, and the token must be allowed to write to it`;
  }
  if (code === 27 && !indexerAcknowledgement) {
    return 'the token has indexer acknowledgement on and the destination has it off: make both the same';
  }
  const taken = status === 200 && (code === 0 || code === 24 || code === 25);
  if (taken && indexerAcknowledgement && ackId === undefined) {
    return 'no acknowledgement id came, so this counts as accepted: turn indexer acknowledgement on for the token, or off for the destination';
  }
  return undefined;
}
