import { allInvariants, DRAINED_AFTER_FAULTS } from './invariants/all-invariants.ts';
import type { Evidence, Invariant } from './invariants/invariant.ts';
import type { SimEvent } from './sim-event.ts';
import type { Trace } from './trace.ts';

export interface Violation {
  readonly invariant: string;
  readonly what: string;
  readonly atMs: number;
}

/** Shows each event to every invariant, and keeps the first one that is broken. */
export class Judge {
  readonly #evidence: Evidence;
  readonly #trace: Trace;
  readonly #invariants: readonly Invariant[];
  readonly facts = { requests: 0, eventsTaken: 0, doubles: {} as Record<string, number> };
  violation: Violation | undefined;

  constructor(evidence: Evidence, trace: Trace) {
    this.#evidence = evidence;
    this.#trace = trace;
    this.#invariants = allInvariants(evidence);
  }

  readonly tell = (event: SimEvent): void => {
    if (this.violation !== undefined) return;
    if (event.kind === 'send_started') this.facts.requests += 1;
    if (event.kind === 'taken') this.facts.eventsTaken += event.events.length;
    if (event.kind === 'doubles_counted') {
      const { doubles } = this.facts;
      doubles[event.cause] = (doubles[event.cause] ?? 0) + event.events;
    }
    if (this.#trace.wanted) this.#trace.add(this.#evidence.scheduler.nowMs, () => lineOf(event));
    for (const invariant of this.#invariants) {
      // The table is typed kind by kind; a union cannot be indexed by its own kind without this widening.
      const look = invariant.on[event.kind] as ((event: SimEvent) => string | undefined) | undefined;
      const what = look?.(event);
      if (what !== undefined) this.#break(invariant.name, what);
    }
  };

  notDrained(what: string): void {
    this.#break(DRAINED_AFTER_FAULTS, what);
  }

  judgeEnd(): void {
    for (const invariant of this.#invariants) {
      const what = invariant.atEnd?.();
      if (what !== undefined) this.#break(invariant.name, what);
    }
  }

  #break(invariant: string, what: string): void {
    this.violation ??= { invariant, what, atMs: this.#evidence.scheduler.nowMs };
  }
}

function lineOf(event: SimEvent): string {
  switch (event.kind) {
    case 'committed':
      return `record ${event.recordNo} is committed`;
    case 'send_started': {
      const { send } = event;
      const numbers = send.events.map((one) => `${one.seq}${one.kind === 'event' ? '' : '†'}`).join(',');
      return `${send.process.name} send ${send.sendNo} to ${send.destinationNo}/${send.token}: ${numbers}`;
    }
    case 'answered':
      return `${event.send.process.name} send ${event.send.sendNo} -> ${JSON.stringify(event.outcome)}`;
    case 'taken':
      return `siem ${event.send.destinationNo} takes ${event.events.length} of send ${event.send.sendNo}${event.again ? ' again' : ''}`;
    case 'finished':
      return `destination ${event.destinationNo} finished ${event.draft.firstSeq}+${event.draft.recordNos.length}, ${event.completion.deadLetters.length} dead`;
    case 'given_up':
      return `destination ${event.destinationNo} gave up ${event.draft.firstSeq}+${event.draft.recordNos.length} of epoch ${event.draft.epochNo}`;
    case 'stale_write':
      return `${event.lease.owner} ${event.call} came too late`;
    case 'lease_heard':
      return `${event.process.name} owns ${event.lease.destinationNo}/${event.lease.token}`;
    case 'due_heard':
      return `${event.process.name} hears ${event.due.map((one) => `${one.destination.destinationNo}:${one.destination.state}${one.hasWork ? '+' : ''}`).join(' ')}`;
    case 'attempt':
      return `${event.process.name} attempt ${event.event.firstSeq} ${event.event.outcome}`;
    case 'unacknowledged':
      return `${event.process.name} misses acknowledgements of destination ${event.destinationNo}`;
    case 'doubles_counted':
      return `destination ${event.destinationNo} counts ${event.events} doubles by ${event.cause}`;
    case 'wanted_again':
      return `destination ${event.destinationNo} wants ${event.recordNos.join(',')} again`;
    case 'settings_changed':
      return `destination ${event.destinationNo} has new settings`;
    case 'words':
      return `${event.where}: ${event.text}`;
    case 'rule_broken':
      return `${event.call} broke a rule: ${event.message}`;
    default:
      return event satisfies never;
  }
}
