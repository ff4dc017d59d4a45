import type { JsonValue } from '../../src/json.ts';
import { callService } from '../support/call-service.ts';
import type { Arrivals } from './arrivals.ts';

const TICK_MS = 50;
const MAX_RECORDS_IN_A_REQUEST = 500;
/** Requests without an answer; beyond it the load falls behind, which is counted and made up for. */
const MAX_REQUESTS = 8;
const MAX_TRIES = 60;
const TRY_AGAIN_MS = 500;
const ID = /"attestation_id":"(?<id>[^"]+)"/;

export interface RecordingParts {
  readonly url: string;
  readonly key: string;
  readonly texts: Iterator<string>;
  readonly arrivals: Arrivals;
}

/** Records attestations over REST at a rate, or as fast as they are taken. */
export class SteadyRecording {
  /** Answered as recorded. */
  recorded = 0;
  /** Answers that nothing explains; each a sentence. */
  readonly unexpected: string[] = [];
  readonly #parts: RecordingParts;
  readonly #open = new Set<Promise<void>>();

  constructor(parts: RecordingParts) {
    this.#parts = parts;
  }

  /** Until `signal` says so, `perSecond` records a second (Infinity: what the service takes); then waits for all answers. */
  async run(perSecond: number, signal: AbortSignal): Promise<void> {
    const startedMs = performance.now();
    let sent = 0;
    while (!signal.aborted) {
      const due =
        perSecond === Infinity ? Infinity : ((performance.now() - startedMs) * perSecond) / 1_000 - sent;
      if (due < 1) {
        await pause(TICK_MS);
        continue;
      }
      if (this.#open.size >= MAX_REQUESTS) {
        await Promise.race(this.#open);
        continue;
      }
      const texts = this.#next(Math.min(MAX_RECORDS_IN_A_REQUEST, Math.floor(due)));
      sent += texts.length;
      const request = this.#record(texts).finally(() => this.#open.delete(request));
      this.#open.add(request);
      await pause(perSecond === Infinity ? 0 : TICK_MS);
    }
    await Promise.all(this.#open);
  }

  #next(count: number): readonly string[] {
    return Array.from({ length: count }, () => String(this.#parts.texts.next().value));
  }

  /** As an application does that takes the answers seriously: what was not taken is sent again. */
  async #record(texts: readonly string[]): Promise<void> {
    const { url, key, arrivals } = this.#parts;
    for (const text of texts) arrivals.sent(idOf(text));
    let left = texts;
    for (let tries = 1; left.length > 0; tries += 1) {
      const body = Buffer.from(left.join('\n'));
      const answer = await callService(
        url,
        key,
        'POST',
        '/v1/attestations',
        body,
        'application/x-ndjson',
      ).catch((error: unknown) => ({ status: 0, body: String(error) as JsonValue }));
      const statuses = statusesOf(answer.body);
      const failed = left.filter((_, index) => !TAKEN.has(statuses[index] ?? ''));
      this.recorded += left.length - failed.length;
      left = failed;
      if (left.length === 0) return;
      if (tries === MAX_TRIES) {
        this.unexpected.push(
          `${left.length} records were not taken: ${JSON.stringify(answer).slice(0, 300)}`,
        );
        for (const text of left) arrivals.givenUp(idOf(text));
        return;
      }
      await pause(TRY_AGAIN_MS);
    }
  }
}

const TAKEN = new Set(['recorded', 'duplicate']);

function idOf(text: string): string {
  return ID.exec(text)?.groups?.['id'] ?? '';
}

function statusesOf(body: JsonValue): readonly string[] {
  const { results } = (typeof body === 'object' && body !== null ? body : {}) as {
    results?: readonly { status: string }[];
  };
  return (results ?? []).map(({ status }) => status);
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => void setTimeout(resolve, ms));
}
