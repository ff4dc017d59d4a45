import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../cli/api-client.ts';
import type { JsonObject } from '../json.ts';
import { DEMO_WORKSPACE } from './demo-siem.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples', 'attestations.ndjson');
const GROUP_SIZE = 10;
const PAUSE_MS = 80;

export interface DemoDecision {
  readonly id: string;
  readonly verdict: string;
  readonly text: string;
}

/** The example decisions, all moved to the workspace of the demo. */
export function readDemoDecisions(): readonly DemoDecision[] {
  return readFileSync(EXAMPLES, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const decision = { ...(JSON.parse(line) as JsonObject), workspace_id: DEMO_WORKSPACE } as JsonObject;
      const { attestation_id: id, verdict } = decision;
      if (typeof id !== 'string' || typeof verdict !== 'string') throw new Error(`${EXAMPLES} is damaged`);
      return { id, verdict, text: JSON.stringify(decision) };
    });
}

/** The first of them again, as decided now: other ids, and no signatures, which would not fit. Answers to escalations are left out. */
export function freshDecisions(count: number): readonly DemoDecision[] {
  return readDemoDecisions()
    .map(({ verdict, text }) => ({ verdict, decision: JSON.parse(text) as JsonObject }))
    .filter(({ decision }) => decision['resolves'] === undefined)
    .slice(0, count)
    .map(({ verdict, decision }) => {
      const id = randomUUID();
      const now = new Date().toISOString();
      const fresh = { ...decision, attestation_id: id, timestamp: now, signature: undefined };
      return { id, verdict, text: JSON.stringify(fresh) };
    });
}

/** Records them over the API a few at a time, as agents would, and says after each group how many are in. */
export async function recordDecisions(
  client: ApiClient,
  decisions: readonly DemoDecision[],
  onRecorded: (count: number) => void,
): Promise<void> {
  for (let from = 0; from < decisions.length; from += GROUP_SIZE) {
    const group = decisions.slice(from, from + GROUP_SIZE);
    await client.call({
      method: 'POST',
      path: '/v1/attestations',
      body: Buffer.from(group.map(({ text }) => text).join('\n')),
      contentType: 'application/x-ndjson',
    });
    onRecorded(from + group.length);
    await sleep(PAUSE_MS);
  }
}
