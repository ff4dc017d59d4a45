import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../cli/api-client.ts';
import { asObject } from '../cli/output.ts';

const LOOK_EVERY_MS = 100;

export interface DemoDestination {
  readonly name: string;
  readonly destinationId: string;
}

/** Open rows of each destination, by name. */
export type Backlog = ReadonlyMap<string, number>;

/**
 * Asks the API for the backlog until `done` says so, or the time is over. Answers when each destination last became empty,
 * as `performance.now()`; one that never did is missing.
 */
export async function watchBacklog(
  client: ApiClient,
  destinations: readonly DemoDestination[],
  parts: {
    readonly untilMs: number;
    readonly onLook: (backlog: Backlog) => void;
    readonly done: (backlog: Backlog) => boolean;
  },
): Promise<ReadonlyMap<string, number>> {
  const emptySinceMs = new Map<string, number>();
  for (;;) {
    const backlog = await readBacklog(client, destinations);
    const nowMs = performance.now();
    for (const [name, rows] of backlog) {
      if (rows > 0) emptySinceMs.delete(name);
      else if (!emptySinceMs.has(name)) emptySinceMs.set(name, nowMs);
    }
    parts.onLook(backlog);
    if (parts.done(backlog) || nowMs > parts.untilMs) return emptySinceMs;
    await sleep(LOOK_EVERY_MS);
  }
}

async function readBacklog(client: ApiClient, destinations: readonly DemoDestination[]): Promise<Backlog> {
  const backlog = new Map<string, number>();
  for (const { name, destinationId } of destinations) {
    const path = `/v1/siem/destinations/${destinationId}/health`;
    const { body } = await client.call({ method: 'GET', path });
    backlog.set(name, Number(asObject(body)['open_rows']));
  }
  return backlog;
}

export function describeBacklog(backlog: Backlog): string {
  return `waiting: ${[...backlog].map(([name, rows]) => `${name} ${rows}`).join(', ')}`;
}
