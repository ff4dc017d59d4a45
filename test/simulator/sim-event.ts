import type { Outcome } from '../../src/connectors/outcome.ts';
import type { AttemptEvent, DuplicateCause } from '../../src/delivery/delivery-observer.ts';
import type { BatchDraft } from '../../src/outbox/batch.ts';
import type { Completion, DueDestination, LaneLease } from '../../src/outbox/delivery-store.ts';
import type { ArrivingEvent } from './arriving-event.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** One request on its way to a SIEM. */
export interface Send {
  readonly sendNo: number;
  readonly destinationNo: number;
  readonly process: SimulatedProcess;
  /** Token of the ownership that sends, as its process knows it. */
  readonly token: number;
  readonly events: readonly ArrivingEvent[];
  readonly startedMs: number;
}

/** What the invariants are told, in the order in which it happens in true time. */
export type SimEvent =
  | { readonly kind: 'committed'; readonly recordNo: number }
  | { readonly kind: 'send_started'; readonly send: Send }
  /** The outcome reached the engine. */
  | { readonly kind: 'answered'; readonly send: Send; readonly outcome: Outcome }
  | {
      readonly kind: 'taken';
      readonly send: Send;
      readonly events: readonly ArrivingEvent[];
      readonly again: boolean;
    }
  /** A batch is finished in the store, in whole or in part. */
  | {
      readonly kind: 'finished';
      readonly destinationNo: number;
      readonly draft: BatchDraft;
      readonly completion: Completion;
    }
  /** The numbers of a batch are not filled any more: its epoch ended. */
  | { readonly kind: 'given_up'; readonly destinationNo: number; readonly draft: BatchDraft }
  /** A write with a token that is not the lane's: `changed` when it had an effect. */
  | {
      readonly kind: 'stale_write';
      readonly call: string;
      readonly lease: LaneLease;
      readonly changed: boolean;
    }
  /** The process heard that the lane is its own; `askedMs` is when it asked. */
  | {
      readonly kind: 'lease_heard';
      readonly process: SimulatedProcess;
      readonly lease: LaneLease;
      readonly askedMs: number;
      readonly taken: boolean;
    }
  | {
      readonly kind: 'due_heard';
      readonly process: SimulatedProcess;
      readonly due: readonly DueDestination[];
    }
  | {
      readonly kind: 'attempt';
      readonly process: SimulatedProcess;
      readonly destinationNo: number;
      readonly event: AttemptEvent;
    }
  /** A batch that was accepted is sent again: its acknowledgement did not come. */
  | { readonly kind: 'unacknowledged'; readonly process: SimulatedProcess; readonly destinationNo: number }
  | {
      readonly kind: 'doubles_counted';
      readonly destinationNo: number;
      readonly cause: DuplicateCause;
      readonly events: number;
    }
  /** People want these records sent again. */
  | { readonly kind: 'wanted_again'; readonly destinationNo: number; readonly recordNos: readonly number[] }
  | { readonly kind: 'settings_changed'; readonly destinationNo: number }
  /** Words that leave the engine: a log line, an observation, a row that people read. */
  | { readonly kind: 'words'; readonly where: string; readonly text: string }
  /** The memory store refused what no store may be asked. */
  | { readonly kind: 'rule_broken'; readonly call: string; readonly message: string };
