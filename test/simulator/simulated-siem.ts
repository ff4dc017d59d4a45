import type { ConfirmResult, ConnectorLimits, Credentials } from '../../src/connectors/connector.ts';
import type { Outcome } from '../../src/connectors/outcome.ts';
import type { ArrivingEvent } from './arriving-event.ts';
import type { Faults } from './faults.ts';
import type { Ledger } from './ledger.ts';
import type { Scheduler } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Send, SimEvent } from './sim-event.ts';
import { answerOf, moodOutcome, unauthorized } from './siem-mood.ts';
import type { SiemMood } from './siem-mood.ts';
import { SiemAcks } from './siem-acks.ts';

/** What a SIEM is like, for its whole life. */
export interface SiemNature {
  /** A refusal names the event. */
  readonly namesCulprit: boolean;
  /** What stands before a refused event is in, though the refusal does not say so. */
  readonly keepsBeforeCulprit: boolean;
  /** Accepts at once and acknowledges later. */
  readonly acknowledges: boolean;
  readonly limits: ConnectorLimits;
  /** How long a request takes to arrive, and its answer as well. */
  readonly wayMs: { readonly min: number; readonly max: number };
  /** Nothing that is sent to it ever arrives. */
  readonly isDead: boolean;
}

export interface SiemParts {
  readonly destinationNo: number;
  readonly nature: SiemNature;
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly scheduler: Scheduler;
  readonly tell: (event: SimEvent) => void;
}

/** The far side of one destination, with all that it ever took. Everybody who sends to the destination reaches this one. */
export class SimulatedSiem {
  readonly nature: SiemNature;
  readonly acks: SiemAcks;
  mood: SiemMood = 'well';
  /** Most events that it takes at once while its mood is `siem_body_limit`. */
  bodyLimitEvents = 3;
  /** The one token that it accepts. */
  token: string;
  /** At which request an event was refused by its content first (since people asked for it again). */
  readonly refusedAt = new Map<string, number>();
  /** The latest request of which something was taken. */
  lastTakenAt = 0;
  readonly #parts: SiemParts;
  #requests = 0;

  constructor(parts: SiemParts, token: string) {
    this.#parts = parts;
    this.nature = parts.nature;
    this.token = token;
    this.acks = new SiemAcks(parts.scheduler, parts.random, parts.faults);
  }

  /** What it does with a request that arrived in full. */
  handle(send: Send, credentials: Credentials): Outcome {
    const { random } = this.#parts;
    const { events } = send;
    this.#requests += 1;
    if (credentials['token'] !== this.token) return unauthorized();
    const spoken = moodOutcome(this.mood, random);
    if (spoken !== undefined) return spoken;
    if (this.mood === 'siem_body_limit' && events.length > this.bodyLimitEvents) {
      return { kind: 'too_big', answer: answerOf(413) };
    }
    if (this.mood === 'siem_refuses_all') return this.#refuse(send, 0);
    const culprit = events.findIndex((event) => this.#isPoison(event));
    if (culprit >= 0) return this.#refuse(send, culprit);
    return this.#takeAll(send);
  }

  confirm(ackIds: readonly number[], credentials: Credentials): ConfirmResult {
    if (credentials['token'] !== this.token) return { confirmed: [], failure: unauthorized() };
    return this.acks.confirm(ackIds);
  }

  #isPoison(event: ArrivingEvent): boolean {
    return event.kind === 'event' && this.#parts.ledger.isPoison(this.#parts.destinationNo, event.uid);
  }

  #refuse(send: Send, at: number): Outcome {
    const { faults, random } = this.#parts;
    const { events } = send;
    const { namesCulprit, keepsBeforeCulprit } = this.nature;
    const answer = answerOf(400, '6');
    if (!namesCulprit) {
      faults.count('poison_without_number');
      if (events.length === 1) this.#noteRefusal(events[0]);
      else if (keepsBeforeCulprit) this.#take(send, events.slice(0, at));
      return { kind: 'poison', answer };
    }
    if (faults.strikes('wrong_event_number', 0.1)) {
      const culprit = random.pick([events.length + 3, -1, 0.5, random.between(0, events.length - 1)]);
      this.#noteRefusal(events[culprit]);
      if (events.length === 1) this.#noteRefusal(events[0]);
      return { kind: 'partial', taken: 0, culprit, cause: 'poison', answer };
    }
    faults.count('poison_with_number');
    this.#noteRefusal(events[at]);
    // HEC has the events before the number; whether they are safe, the connector must not promise.
    const certain = random.chance(0.5);
    if (certain || keepsBeforeCulprit) this.#take(send, events.slice(0, at));
    return { kind: 'partial', taken: certain ? at : 0, culprit: at, cause: 'poison', answer };
  }

  #noteRefusal(event: ArrivingEvent | undefined): void {
    if (event?.kind === 'event' && !this.refusedAt.has(event.uid)) {
      this.refusedAt.set(event.uid, this.#requests);
    }
  }

  #takeAll(send: Send): Outcome {
    const { faults, random } = this.#parts;
    const { events } = send;
    if (this.nature.acknowledges) {
      const accepted = this.acks.accept();
      if (accepted.indexed) this.#take(send, events);
      // An indexer that dies with the events in its memory: they were accepted all the same.
      else this.lastTakenAt = this.#requests;
      return { kind: 'accepted', ackId: accepted.ackId, answer: answerOf(200, '0') };
    }
    if (events.length > 1 && faults.strikes('taken_in_part', 0.05)) {
      const taken = random.between(0, events.length - 1);
      this.#take(send, events.slice(0, taken));
      const cause = random.pick(['throttled', 'transient'] as const);
      return { kind: 'partial', taken, cause, answer: answerOf(503, '9') };
    }
    this.#take(send, events);
    if (faults.strikes('taken_twice', 0.03)) this.#take(send, events, true);
    return { kind: 'delivered', answer: answerOf(200, '0'), slowDown: random.chance(0.05) };
  }

  #take(send: Send, events: readonly ArrivingEvent[], again = false): void {
    if (events.length === 0) return;
    this.lastTakenAt = this.#requests;
    this.#parts.tell({ kind: 'taken', send, events, again });
  }
}
