import { setTimeout as pause } from 'node:timers/promises';

const WITHIN_MS = 20_000;
const AGAIN_AFTER_MS = 25;

/** Asks again and again until the answer is as wanted. Throws, with the last answer, when that takes too long. */
export async function until<Answer>(
  ask: () => Promise<Answer> | Answer,
  isWanted: (answer: Answer) => boolean,
  withinMs: number = WITHIN_MS,
): Promise<Answer> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (performance.now() > endMs)
      throw new Error(`not within ${withinMs} ms; the last answer: ${JSON.stringify(answer)}`);
    await pause(AGAIN_AFTER_MS);
  }
}
