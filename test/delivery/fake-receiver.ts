import type {
  ConfirmResult,
  Connector,
  ConnectorLimits,
  Credentials,
} from '../../src/connectors/connector.ts';
import type { Answer, Outcome } from '../../src/connectors/outcome.ts';
import type { Clock } from '../../src/delivery/clock.ts';
import type { JsonObject } from '../../src/json.ts';
import type { WireEvent } from '../../src/ocsf/ocsf-event.ts';
import { eventsOf, plainEncoding } from '../support/plain-encoding.ts';

/** The stream's place as the plain renderer writes it. */
interface WireStream {
  readonly epoch: string;
  readonly seq: number;
  readonly kind: string;
  readonly replayed?: boolean;
}

/** An event that a fake receiver took. */
export interface Taken {
  readonly uid: string;
  readonly epoch: string;
  readonly seq: number;
  readonly kind: string;
  readonly text: string;
  readonly replayed: boolean;
}

export interface Request {
  readonly atMs: number;
  readonly uids: readonly string[];
  readonly credentials: Credentials;
  readonly config: JsonObject;
  readonly outcome: Outcome;
}

export function answer(status: number, code?: string, message = 'an answer'): Answer {
  return { status, message, durationMs: 1, ...(code === undefined ? {} : { code }) };
}

/** What a receiver does with a request. `take` keeps the events it names. */
export type Behaviour = (
  events: readonly WireEvent[],
  take: (events: readonly WireEvent[]) => void,
  requestNo: number,
) => Outcome | Promise<Outcome>;

export const takeAll: Behaviour = (events, take) => {
  take(events);
  return { kind: 'delivered', answer: answer(200, '0') };
};

/** Refuses a request that holds a bad event, as HEC does: with the first bad one's index, or without a number. */
export function refusing(isBad: (uid: string) => boolean, withNumber: boolean): Behaviour {
  return (events, take) => {
    const culprit = events.findIndex((event) => isBad(uidOf(event)));
    if (culprit === -1) {
      take(events);
      return { kind: 'delivered', answer: answer(200, '0') };
    }
    if (!withNumber) return { kind: 'poison', answer: answer(400, '6', 'Invalid data format') };
    take(events.slice(0, culprit));
    return {
      kind: 'partial',
      taken: culprit,
      culprit,
      cause: 'poison',
      answer: answer(400, '6', 'Invalid data format'),
    };
  };
}

/** The far side of one destination: connectors made from it share what it took and how it behaves. */
export class FakeReceiver {
  behaviour: Behaviour;
  /** Acknowledges what was accepted, by ack id; unset: no connector has `confirm`. */
  confirms: ((ackIds: readonly number[]) => ConfirmResult) | undefined;
  latencyMs = 10;
  limits: ConnectorLimits = {
    maxEvents: 512,
    maxBodyBytes: 1_000_000,
    perEventOverheadBytes: 10,
    maxEventSize: 64_000,
  };
  readonly taken: Taken[] = [];
  readonly requests: Request[] = [];
  open = 0;
  mostOpen = 0;
  closed = 0;
  readonly #clock: Clock;

  constructor(clock: Clock, behaviour: Behaviour = takeAll) {
    this.#clock = clock;
    this.behaviour = behaviour;
  }

  get uids(): string[] {
    return this.taken.filter((event) => event.kind === 'event').map((event) => event.uid);
  }

  connector(config: JsonObject): Connector {
    const { confirms } = this;
    const base: Connector = {
      type: 'splunk_hec',
      address: JSON.stringify(config['url'] ?? null),
      limits: this.limits,
      encode: plainEncoding,
      send: (events, credentials, signal) => this.#send(eventsOf(events), credentials, config, signal),
      close: () => {
        this.closed += 1;
        return Promise.resolve();
      },
    };
    if (confirms === undefined) return base;
    return { ...base, confirm: (ackIds) => Promise.resolve((this.confirms ?? confirms)(ackIds)) };
  }

  async #send(
    events: readonly WireEvent[],
    credentials: Credentials,
    config: JsonObject,
    signal: AbortSignal,
  ): Promise<Outcome> {
    if (events.length === 0) throw new Error('A connector is never given an empty list');
    const requestNo = this.requests.length + this.open + 1;
    this.open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    const atMs = this.#clock.monotonicMs();
    try {
      await this.#clock.sleep(this.latencyMs, signal);
      const outcome = await this.behaviour(events, (some) => this.#take(some), requestNo);
      this.requests.push({ atMs, uids: events.map((event) => uidOf(event)), credentials, config, outcome });
      return outcome;
    } finally {
      this.open -= 1;
    }
  }

  #take(events: readonly WireEvent[]): void {
    for (const event of events) {
      const { stream } = event.event as unknown as { stream: WireStream };
      this.taken.push({
        uid: uidOf(event),
        epoch: stream.epoch,
        seq: stream.seq,
        kind: stream.kind,
        text: event.text,
        replayed: stream.replayed === true,
      });
    }
  }
}

/** `metadata.uid`; of a tombstone the uid of the event that it stands for, marked by a dagger. */
export function uidOf(event: WireEvent): string {
  const { original_uid: original, metadata } = event.event as {
    original_uid?: string;
    metadata?: { uid?: string };
  };
  return original === undefined ? (metadata?.uid ?? '?') : `†${original}`;
}
