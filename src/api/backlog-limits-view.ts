import type { LimitLevels } from '../outbox/backlog-store.ts';
import type { BacklogLimits } from '../outbox/destination.ts';

/** Limits on what waits, as the API takes and shows them. */
export interface BacklogLimitsBody {
  readonly max_age_seconds?: number;
  readonly max_rows?: number;
  readonly max_bytes?: number;
}

export function limitsOf(body: BacklogLimitsBody): BacklogLimits {
  const { max_age_seconds: seconds, max_rows: maxRows, max_bytes: maxBytes } = body;
  return {
    ...(seconds === undefined ? {} : { maxAgeMs: seconds * 1_000 }),
    ...(maxRows === undefined ? {} : { maxRows }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  };
}

export function limitsView({ maxAgeMs, maxRows, maxBytes }: BacklogLimits): BacklogLimitsBody {
  return {
    ...(maxAgeMs === undefined ? {} : { max_age_seconds: maxAgeMs / 1_000 }),
    ...(maxRows === undefined ? {} : { max_rows: maxRows }),
    ...(maxBytes === undefined ? {} : { max_bytes: maxBytes }),
  };
}

const SETTINGS = { age: 'max_age_seconds', rows: 'max_rows', bytes: 'max_bytes' } as const;

/** Alarms in words, the highest first. */
export function limitAlarmsView(levels: LimitLevels): readonly object[] {
  return (['age', 'rows', 'bytes'] as const)
    .map((name) => ({ limit: SETTINGS[name], percent: levels[name] }))
    .filter(({ percent }) => percent > 0)
    .toSorted((a, b) => b.percent - a.percent)
    .map(({ limit, percent }) => ({ limit, percent, message: inWords(limit, percent) }));
}

function inWords(limit: string, percent: number): string {
  if (percent < 100) {
    return `What waits is at ${percent} % of ${limit} or above. Whoever runs the destination must see to it that it takes events; beyond the limit the oldest are not sent any more.`;
  }
  return `What waits is beyond ${limit}: the oldest will be sent as tombstones and become dead letters when the destination takes events again. Raise the limit before that to send them after all.`;
}
