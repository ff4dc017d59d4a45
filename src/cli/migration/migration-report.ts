import type { JsonObject } from '../../json.ts';
import { cell } from '../output.ts';
import { textTable } from '../text-table.ts';
import type { Comparison } from './compare-deliveries.ts';
import type { MigrationVerdict } from './migration-verdict.ts';

/** What one look at both destinations found. */
export interface MigrationLook {
  readonly comparison: Comparison;
  readonly verdict: MigrationVerdict;
}

export interface MigrationReport extends MigrationLook {
  readonly old: JsonObject;
  readonly twin: JsonObject;
  /** Decisions recorded since then were compared. */
  readonly since: string;
  /** Of the old one, now. */
  readonly state: string;
}

/** For programs. */
export function migrationAnswer({
  old,
  twin,
  since,
  comparison,
  verdict,
  state,
}: MigrationReport): JsonObject {
  return {
    old: { destination_id: old['destination_id'] ?? null, name: old['name'] ?? null, state },
    twin: { destination_id: twin['destination_id'] ?? null, name: twin['name'] ?? null },
    since,
    decisions: comparison.decisions,
    at_old: { ...comparison.old },
    at_twin: { ...comparison.twin },
    only_twin: comparison.onlyTwin,
    lacking: comparison.lacking,
    verdict: verdict.word,
    may_switch: verdict.maySwitch,
    message: verdict.text,
  };
}

/** For people. */
export function migrationText({ old, twin, since, comparison, verdict, state }: MigrationReport): string {
  const line = (of: JsonObject, fates: Readonly<Record<string, number>>): readonly string[] => [
    cell(of['name']),
    ...['delivered', 'waiting', 'dead', 'left_out', 'missing'].map((fate) => String(fates[fate] ?? 0)),
  ];
  const table = textTable(
    ['DESTINATION', 'DELIVERED', 'WAITING', 'DEAD', 'LEFT OUT', 'MISSING'],
    [line(old, comparison.old), line(twin, comparison.twin)],
  );
  const more = comparison.onlyTwin === 0 ? '' : ` ${comparison.onlyTwin} more went to the twin alone.`;
  return `${comparison.decisions} decisions since ${since}.${more}\n${table}${verdict.text}\n${cell(old['name'])}: ${state}\n`;
}
