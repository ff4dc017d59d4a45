import type { ConfirmResult } from '../../src/connectors/connector.ts';
import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import { answerOf } from './siem-mood.ts';

/** Beyond every id of a world, so that it is another's also after a restart. */
const NEVER_GIVEN = 1_000_000;

/** Indexer acknowledgement: ids count up, `true` is said once, and some are never said. */
export class SiemAcks {
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  readonly #faults: Faults;
  /** When an id is acknowledged, by id; absent: never. */
  readonly #readyAtMs = new Map<number, number>();
  #nextId = 0;

  constructor(scheduler: Scheduler, random: SeededRandom, faults: Faults) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#faults = faults;
  }

  accept(): { readonly ackId: number; readonly indexed: boolean } {
    const ackId = this.#nextId;
    this.#nextId += 1;
    if (this.#faults.strikes('ack_never', 0.15)) return { ackId, indexed: this.#random.chance(0.5) };
    const late = this.#faults.strikes('ack_late', 0.15);
    const delayMs = late ? this.#random.between(10_000, 90_000) : this.#random.between(100, 4_000);
    this.#readyAtMs.set(ackId, this.#scheduler.nowMs + delayMs);
    return { ackId, indexed: true };
  }

  /** The indexer starts anew: ids begin at 0 again, and nothing is known of those given before. */
  restart(): void {
    this.#nextId = 0;
    this.#readyAtMs.clear();
  }

  confirm(ackIds: readonly number[]): ConfirmResult {
    if (this.#faults.strikes('ack_question_failed', 0.1)) {
      return { confirmed: [], failure: { kind: 'transient', answer: answerOf(503) } };
    }
    const confirmed = ackIds.filter((ackId) => {
      const readyAtMs = this.#readyAtMs.get(ackId);
      if (readyAtMs === undefined || readyAtMs > this.#scheduler.nowMs) return false;
      this.#readyAtMs.delete(ackId);
      return true;
    });
    if (this.#faults.strikes('ack_of_another', 0.1)) confirmed.push(this.#nextId + NEVER_GIVEN);
    return { confirmed };
  }
}
