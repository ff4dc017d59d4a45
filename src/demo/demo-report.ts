import type { JsonObject } from '../json.ts';
import { textTable } from '../cli/text-table.ts';
import { compactJson } from './compact-json.ts';
import { type Arrival, arrivedExactly } from './count-arrivals.ts';

/** What the demo found out. */
export interface DemoResult {
  readonly recorded: number;
  readonly arrivals: readonly Arrival[];
  /** Until the last event was delivered, by destination; missing where something still waits. */
  readonly secondsOf: ReadonlyMap<string, number>;
  /** One event as it was sent. */
  readonly event: JsonObject;
}

/** Every decision in every SIEM, nothing else, all valid, nothing waiting. */
export function isComplete({ recorded, arrivals, secondsOf }: DemoResult): boolean {
  return arrivals.every((arrival) => secondsOf.has(arrival.name) && arrivedExactly(arrival, recorded));
}

export function jsonReport(result: DemoResult): string {
  const report = {
    complete: isComplete(result),
    recorded: result.recorded,
    destinations: result.arrivals.map(({ name, delivered, duplicates, strangers, invalid }) => ({
      name,
      delivered,
      duplicates: duplicates ?? null,
      strangers,
      invalid,
      seconds: result.secondsOf.get(name) ?? null,
    })),
    event: result.event,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

export function textReport(result: DemoResult): string {
  const rows = result.arrivals.map(({ name, delivered, duplicates, invalid }) => [
    name,
    String(result.recorded),
    String(delivered),
    duplicates === undefined ? '-' : String(duplicates),
    duplicates === undefined ? '-' : String(invalid),
    result.secondsOf.get(name)?.toFixed(1) ?? 'not done',
  ]);
  const table = textTable(['DESTINATION', 'RECORDED', 'DELIVERED', 'DUPLICATES', 'INVALID', 'SECONDS'], rows);
  return `\nOne of the events:\n\n${compactJson(result.event)}\n\n${table}\n`;
}

export const TRY_NEXT = `
Try next:
  npm run demo -- --stay                                       keep it up and look around
  npm run -s aegis-siem -- map examples/attestations.ndjson    every decision as its OCSF event
  npm start                                                    the service itself; then docs/start/splunk.md
                                                               or docs/start/sentinel.md`;

/** What to do while the service stays up; the first line of commands points the CLI to it. */
export function stayText({
  url,
  adminKeyFile,
}: {
  readonly url: string;
  readonly adminKeyFile: string;
}): string {
  return `
The service stays up. Console: ${url} (API: ${url}/docs).
Its key is in ${adminKeyFile}. Ctrl-C ends it and removes its folder.

In another shell, in this folder:
  export AEGIS_SIEM_URL=${url} AEGIS_SIEM_ADMIN_KEY_FILE=${adminKeyFile}
  npm run -s aegis-siem -- top                                 does every SIEM have everything?
  npm run -s aegis-siem -- destinations show splunk            and one of them`;
}
