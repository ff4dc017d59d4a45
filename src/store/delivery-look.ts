import type { Answer } from '../connectors/outcome.ts';
import type { Tombstone } from '../outbox/batch.ts';
import type { AttemptRow, Delivery, DeliveryStatus, Page, PageQuery, WorkspaceScope } from './admin-store.ts';

/** Which deliveries a person looks for. Times are those of recording. */
export interface DeliveryFilter extends WorkspaceScope {
  readonly destinationId?: string;
  readonly status?: DeliveryStatus;
  readonly fromMs?: number;
  /** Before this time. */
  readonly toMs?: number;
  /** Name of the tool; `*` at the end stands for any rest. */
  readonly tool?: string;
  /** `agent_id`, in the same way. */
  readonly agent?: string;
  /** This record alone. */
  readonly record?: WalkPlace;
}

/** A record by its place in the list: newest first, by time and then number. */
export interface WalkPlace {
  readonly recordedAtMs: number;
  readonly recordNo: number;
}

/** A delivery with what its record says in a few words; absent where it is no attestation, or its text cannot be read. */
export interface ListedDelivery extends Delivery {
  readonly verdict?: string;
  readonly tool?: string;
  readonly agent?: string;
}

/** A page of a list that looks at a bounded number of records, whatever the filter: it may end early and still go on. */
export interface DeliveryPage extends Page<ListedDelivery> {
  readonly recordsLookedAt: number;
  /** Recording time of the last record that was looked at. */
  readonly lookedBackToMs?: number;
}

/** A place in a destination's stream that holds (or held) a record, in an open batch or a receipt. */
export interface SentPlace {
  readonly destinationNo: number;
  readonly epochNo: number;
  /** The epoch by its name; absent when nothing tells it any more. */
  readonly epoch?: string;
  readonly streamId: string;
  readonly seq: number;
  readonly state: 'formed' | 'awaiting_ack' | 'finished';
  /** SHA-256 of the event as sent. */
  readonly sha256: Uint8Array;
  /** Stands here instead of the event. */
  readonly tombstone?: Tombstone;
  readonly replayed: boolean;
  readonly destinationVersion: number;
  readonly batchFirstSeq: number;
  readonly batchPlaces: number;
  readonly attempts: number;
  readonly answer?: Answer;
  readonly ackId?: number;
  readonly deliveredAtMs?: number;
  /** Failed sends that are still kept of the batch that held it. */
  readonly failedSends: readonly AttemptRow[];
}

/** Looking for deliveries one by one, in bounded time whatever the size of the tables. */
export interface DeliveryLook {
  /** Newest record first. Throws `StoreError` (`invalid_cursor`). */
  listDeliveries(filter: DeliveryFilter, page: PageQuery): Promise<DeliveryPage>;
  /** Where a record stands or stood in the streams of its destinations, by destination and number. */
  readPlaces(attestationId: string): Promise<readonly SentPlace[]>;
}
