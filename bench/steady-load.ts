import { setTimeout as after } from 'node:timers/promises';
import { parseAttestation } from '../src/attestation/parse-attestation.ts';
import { generateAttestations } from '../test/support/generate-attestations.ts';
import type { BenchService } from './bench-service.ts';

export interface SteadyLoad {
  readonly seed: number;
  readonly workspaceId: string;
  readonly eventsPerSecond: number;
  readonly seconds: number;
  /** When a record is about to be posted, on the clock of `performance.now`. */
  readonly onSend: (attestationId: string, atMs: number) => void;
}

/**
 * Posts one record at a time, each at its own moment, whether or not those before it were answered: a slow service is not
 * spared. Answers the milliseconds to each answer, once all are answered.
 */
export async function sendSteadily(service: BenchService, load: SteadyLoad): Promise<readonly number[]> {
  const { seed, workspaceId, eventsPerSecond, seconds, onSend } = load;
  const texts = [...generateAttestations({ seed, count: eventsPerSecond * seconds, workspaceId })];
  const startedMs = performance.now();
  const answers: Promise<number>[] = [];
  for (const [index, text] of texts.entries()) {
    await after(Math.max(0, startedMs + (index * 1_000) / eventsPerSecond - performance.now()));
    const parsed = parseAttestation(text);
    if (!parsed.ok) throw new Error(parsed.refusal.message);
    const body = Buffer.from(text);
    const sentMs = performance.now();
    onSend(parsed.attestation.attestation_id, sentMs);
    answers.push(service.post(body, 'application/json').then(() => performance.now() - sentMs));
  }
  return Promise.all(answers);
}
