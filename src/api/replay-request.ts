import { rfc3339ToMs } from '../attestation/rfc3339.ts';
import type { ReplayRequest } from '../store/replay-admin-store.ts';
import { Problem } from './problem.ts';

/** Body of POST /v1/siem/replays, after its schema. */
export interface ReplayBody {
  readonly destination_id: string;
  readonly from?: string;
  readonly to?: string;
  readonly attestation_ids?: readonly string[];
  readonly missing_since?: string;
  readonly rate_per_second?: number;
  readonly dry_run?: boolean;
  readonly reason?: string;
}

/** Which records are meant. Throws `bad_value` for none or several selections, and for a time that is none. */
export function replayRequestOf(body: ReplayBody): ReplayRequest {
  const { from, to, attestation_ids: attestationIds, missing_since: missingSince } = body;
  if ([from, attestationIds, missingSince].filter((given) => given !== undefined).length !== 1) {
    throw new Problem(
      'bad_value',
      'Name one of `from` (with or without `to`), `attestation_ids` or `missing_since`.',
      {
        pointer: '',
      },
    );
  }
  if (to !== undefined && from === undefined) {
    throw new Problem('bad_value', '`to` goes with `from` only.', { pointer: '/to' });
  }
  if (attestationIds !== undefined) {
    return { kind: 'attestations', attestationIds: attestationIds.map((id) => id.toLowerCase()) };
  }
  if (missingSince !== undefined) return { kind: 'missing', sinceMs: timeOf('missing_since', missingSince) };
  const fromMs = timeOf('from', from ?? '');
  if (to === undefined) return { kind: 'range', fromMs };
  const toMs = timeOf('to', to);
  if (toMs <= fromMs) throw new Problem('bad_value', '`to` must be later than `from`.', { pointer: '/to' });
  return { kind: 'range', fromMs, toMs };
}

/** Throws `bad_value` with the pointer of the field. */
export function timeOf(field: string, text: string): number {
  const timeMs = rfc3339ToMs(text);
  if (timeMs !== undefined) return timeMs;
  throw new Problem('bad_value', `${field} must be an RFC 3339 time, such as 2026-11-24T15:00:00Z.`, {
    pointer: `/${field}`,
  });
}
