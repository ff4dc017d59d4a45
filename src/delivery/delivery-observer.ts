import type { OutcomeKind } from '../connectors/outcome.ts';
import type { ChainReport } from '../outbox/chain-store.ts';
import type { Health } from '../outbox/destination.ts';
import type { ReconcileReport } from '../outbox/delivery-store.ts';
import type { ReplayStep } from '../outbox/replay-store.ts';
import type { SpaceReport } from '../outbox/backlog-store.ts';
import type { LogReport, PruneReport } from '../outbox/retention-store.ts';
import type { LimitName } from './backlog-look.ts';
import type { SpaceForecast } from './space-forecast.ts';

/** Why an event may stand in the SIEM twice. Each repeat has one of these causes and is counted under it. */
export type DuplicateCause =
  /** Sent in full, no answer. */
  | 'ambiguous'
  /** An earlier owner of the lane wrote the batch and may have sent it. */
  | 'restart'
  /** A refusal in the middle of a batch, without certainty about the others. */
  | 'partial'
  /** Accepted, and never acknowledged. */
  | 'ack_timeout'
  /** Delivered, and the lane belonged to another by then. */
  | 'lost_lease'
  /** Settings or renderer changed: the record comes again under a new number. */
  | 'dissolved'
  /** A person asked for it. */
  | 'replay';

/** One wide event for each send. */
export interface AttemptEvent {
  readonly destinationId: string;
  /** Of the destination, as it is called now. */
  readonly name: string;
  readonly outcome: OutcomeKind;
  readonly status?: number;
  readonly code?: string;
  readonly message: string;
  readonly events: number;
  readonly bytes: number;
  readonly durationMs: number;
  /** 1 is the first send of the batch. */
  readonly attempt: number;
  readonly firstSeq: number;
  /** Set when the destination now waits. */
  readonly nextTryMs?: number;
  readonly duplicateCause?: DuplicateCause;
}

export interface HealthChange {
  readonly destinationId: string;
  readonly name: string;
  readonly from: Health;
  readonly to: Health;
}

/** A batch that is finished for good. */
export interface FinishedBatch {
  readonly destinationId: string;
  /** Events delivered as themselves. */
  readonly delivered: number;
  /** Records that became dead letters. */
  readonly dead: number;
  /** The same by their stable word. */
  readonly deadByCode: Readonly<Record<string, number>>;
  /** Places that hold a tombstone. */
  readonly tombstones: number;
  /** Records that the filter left out. */
  readonly leftOut: number;
  readonly firstSeq: number;
  /** Some of the records that were delivered, spread over the batch: to measure how long they took, to tell of their traces. */
  readonly sampleRecordNos: readonly number[];
}

/** What waits crossed a share of a limit that the operator set. */
export interface LimitAlarm {
  readonly destinationId: string;
  readonly limit: LimitName;
  /** Levels in percent: 0, 50, 70, 90 or 100. It falls when `after` is less. */
  readonly before: number;
  readonly after: number;
  readonly percent: number;
}

/** Records of one batch that were taken by the SIEM, from being recorded to being taken. */
export interface LagMeasure {
  readonly destinationId: string;
  readonly lagsMs: readonly number[];
}

export type LaneEvent = 'taken' | 'released' | 'lost' | 'epoch_opened' | 'faulted';

/** Who watches: logs and metrics at the edge. Called in the middle of delivery: must be quick; what it throws is ignored. */
export interface DeliveryObserver {
  attempt?(event: AttemptEvent): void;
  healthChanged?(change: HealthChange): void;
  finished?(batch: FinishedBatch): void;
  /** Events that may stand in the SIEM twice (or do, for `replay`): never less than do, and often more. */
  duplicates?(count: {
    readonly destinationId: string;
    readonly cause: DuplicateCause;
    readonly events: number;
  }): void;
  lane?(event: { readonly destinationId: string; readonly event: LaneEvent }): void;
  reconciled?(report: ReconcileReport): void;
  /** A replay enqueued rows, or ended. */
  replayed?(step: ReplayStep): void;
  /** Share of a limit that is in use. */
  limitMeasured?(measure: Pick<LimitAlarm, 'destinationId' | 'limit' | 'percent'>): void;
  /** Once for each crossing, in one of the processes that share the store. */
  limitAlarm?(alarm: LimitAlarm): void;
  /** The disk under an embedded store, and the share of it that is taken a day from now. */
  spaceMeasured?(space: SpaceReport & SpaceForecast): void;
  /** Once for each crossing of 50, 70, 90 and 100 %, and on the way back. */
  spaceAlarm?(alarm: SpaceForecast & { readonly before: number; readonly after: number }): void;
  /** Old rows were removed. */
  pruned?(report: PruneReport): void;
  /** A look at the write-ahead log of an embedded store. */
  logLooked?(report: LogReport): void;
  /** A turn of the record chain. */
  chained?(report: ChainReport): void;
  /** The dispatcher asked the store for work and got an answer: delivery lives. */
  looked?(look: { readonly destinations: number }): void;
  lagMeasured?(measure: LagMeasure): void;
  /** A call of the store failed; by its stable word. */
  storeFailed?(failure: { readonly code: string }): void;
  /** A credential could not be opened with the keys of this process. */
  credentialsUnopened?(failure: { readonly destinationId: string; readonly code: string }): void;
  /** The address guard refused to connect; nothing was dialled. */
  egressBlocked?(refusal: { readonly verdict: string }): void;
}

/** An observer that never throws into the engine. */
export function guardObserver(
  observer: DeliveryObserver,
  onError: (error: unknown) => void,
): Required<DeliveryObserver> {
  const guard = (call: () => void): void => {
    try {
      call();
    } catch (error) {
      // Watching must not stop delivering.
      onError(error);
    }
  };
  return {
    attempt: (event) => guard(() => observer.attempt?.(event)),
    healthChanged: (change) => guard(() => observer.healthChanged?.(change)),
    finished: (batch) => guard(() => observer.finished?.(batch)),
    duplicates: (count) => guard(() => observer.duplicates?.(count)),
    lane: (event) => guard(() => observer.lane?.(event)),
    reconciled: (report) => guard(() => observer.reconciled?.(report)),
    replayed: (step) => guard(() => observer.replayed?.(step)),
    limitMeasured: (measure) => guard(() => observer.limitMeasured?.(measure)),
    limitAlarm: (alarm) => guard(() => observer.limitAlarm?.(alarm)),
    spaceMeasured: (space) => guard(() => observer.spaceMeasured?.(space)),
    spaceAlarm: (alarm) => guard(() => observer.spaceAlarm?.(alarm)),
    pruned: (report) => guard(() => observer.pruned?.(report)),
    logLooked: (report) => guard(() => observer.logLooked?.(report)),
    chained: (report) => guard(() => observer.chained?.(report)),
    looked: (look) => guard(() => observer.looked?.(look)),
    lagMeasured: (measure) => guard(() => observer.lagMeasured?.(measure)),
    storeFailed: (failure) => guard(() => observer.storeFailed?.(failure)),
    credentialsUnopened: (failure) => guard(() => observer.credentialsUnopened?.(failure)),
    egressBlocked: (refusal) => guard(() => observer.egressBlocked?.(refusal)),
  };
}
