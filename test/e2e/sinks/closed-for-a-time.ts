import { setTimeout as sleep } from 'node:timers/promises';
import type { MisbehaviourWorld } from './misbehaviour.ts';
import type { SeenDelivery } from './seen-delivery.ts';
import type { Sink } from './sink.ts';

const FIRST_TRY_WITHIN_MS = 30_000;

/** The port opens again some time after the first connection was refused. */
export async function closedForATime(
  { path, scale }: MisbehaviourWorld<Sink>,
  seen: SeenDelivery,
): Promise<void> {
  await seen.until(() => seen.attempts.length > 0, FIRST_TRY_WITHIN_MS, 'nothing was sent');
  await sleep(scale.refusedMs);
  await path.end();
}
