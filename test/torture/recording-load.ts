import type { JsonValue } from '../../src/json.ts';
import { pick } from '../support/seeded-random.ts';
import { callService } from '../support/call-service.ts';

/** Where records are sent now. */
export interface RecordingAddress {
  readonly url: string;
  readonly key: string;
}

export interface RecordingLoadParts {
  /** Keeps its promise once a service is there: between a kill and the next start there is none. */
  readonly service: () => Promise<RecordingAddress>;
  readonly texts: Iterator<string>;
  readonly random: () => number;
  /** Each records one batch after the other. */
  readonly writers: number;
  readonly pauseMs: number;
}

interface ResultItem {
  readonly attestation_id: string;
  readonly status: string;
}

const BATCH_SIZES = [1, 1, 3, 10, 25] as const;
const ACCEPTED = new Set(['recorded', 'duplicate']);

/**
 * Records attestations over REST as an application does that takes the answers seriously: what was answered counts, what
 * failed is sent again, and of what got no answer half is sent again and half given up.
 */
export class RecordingLoad {
  /** Answered as recorded, or as there already. */
  readonly accepted = new Set<string>();
  /** Everything that was ever put on the wire. */
  readonly sent = new Set<string>();
  /** Answers that nothing explains. */
  readonly unexpected: string[] = [];
  /** Requests whose connection broke before the answer. */
  unanswered = 0;
  /** Requests that the service answered with "not now". */
  refused = 0;
  readonly #parts: RecordingLoadParts;
  readonly #again: (readonly string[])[] = [];
  readonly #ending = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(parts: RecordingLoadParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = Promise.all(Array.from({ length: this.#parts.writers }, () => this.#write()));
  }

  /** Ends after the requests under way. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #write(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const service = await this.#parts.service();
      const texts = this.#again.shift() ?? this.#nextTexts();
      await this.#record(service, texts);
      await new Promise((resolve) => void setTimeout(resolve, this.#parts.pauseMs));
    }
  }

  #nextTexts(): readonly string[] {
    const texts: string[] = [];
    for (let left = pick(BATCH_SIZES, this.#parts.random); left > 0; left -= 1) {
      const next = this.#parts.texts.next();
      if (next.done === true) break;
      texts.push(next.value);
    }
    return texts;
  }

  async #record({ url, key }: RecordingAddress, texts: readonly string[]): Promise<void> {
    for (const text of texts) this.sent.add(idOf(text));
    const body = Buffer.from(texts.join('\n'));
    const answer = await callService(
      url,
      key,
      'POST',
      '/v1/attestations',
      body,
      'application/x-ndjson',
    ).catch(() => undefined);
    if (answer === undefined) {
      this.unanswered += 1;
      if (this.#parts.random() < 0.5) this.#again.push(texts);
      return;
    }
    if (answer.status === 503) {
      this.refused += 1;
      this.#again.push(texts);
      return;
    }
    const results = resultsOf(answer.body);
    if (results.length !== texts.length) {
      this.unexpected.push(`status ${answer.status} with ${results.length} results for ${texts.length}`);
      return;
    }
    for (const { attestation_id, status } of results) {
      if (ACCEPTED.has(status)) this.accepted.add(attestation_id);
      else if (status !== 'failed') this.unexpected.push(`${attestation_id} was answered ${status}`);
    }
    const failed = texts.filter((_, index) => results[index]?.status === 'failed');
    if (failed.length > 0) {
      this.refused += 1;
      this.#again.push(failed);
    }
  }
}

function idOf(text: string): string {
  return (JSON.parse(text) as { attestation_id: string }).attestation_id;
}

function resultsOf(body: JsonValue): readonly ResultItem[] {
  const results = (body as { results?: readonly ResultItem[] } | null)?.results;
  return results ?? [];
}
