import { rfc3339ToMs } from '../attestation/rfc3339.ts';
import { Problem } from './problem.ts';

/** A time of a query. Throws `bad_parameter` that names the parameter. */
export function queryTime(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeMs = rfc3339ToMs(text);
  if (timeMs !== undefined) return timeMs;
  throw new Problem(
    'bad_parameter',
    `querystring ${name} must be an RFC 3339 time, such as 2026-11-24T15:00:00Z.`,
  );
}
