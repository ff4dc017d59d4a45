import type { DeliveryLimits } from '../../../src/delivery/delivery-limits.ts';
import type { MemoryTables } from '../../../src/store/memory/memory-tables.ts';
import type { Ledger } from '../ledger.ts';
import type { Scheduler } from '../scheduler.ts';
import type { SimEvent } from '../sim-event.ts';
import type { SimulatedSiem } from '../simulated-siem.ts';

/** What an invariant may look at. It changes nothing. */
export interface Evidence {
  readonly tables: MemoryTables;
  readonly ledger: Ledger;
  readonly siems: ReadonlyMap<number, SimulatedSiem>;
  readonly scheduler: Pick<Scheduler, 'nowMs'>;
  readonly limits: DeliveryLimits;
  /** Streams have checkpoints. */
  readonly proved: boolean;
}

export type EventOf<Kind extends SimEvent['kind']> = Extract<SimEvent, { kind: Kind }>;

/** A sentence that says what was broken, or nothing. */
type Verdict = string | undefined;

/** A promise of the engine, held against what happens in a world. */
export interface Invariant {
  readonly name: string;
  /** At the events that it has an eye on, as they happen. */
  readonly on: { readonly [Kind in SimEvent['kind']]?: (event: EventOf<Kind>) => Verdict };
  /** Once everything has drained and every process has stopped. */
  atEnd?(): Verdict;
}
