import type { Replay, ReplaySelection } from '../outbox/replay.ts';
import type { AuditRecord, Page, PageQuery, WorkspaceScope } from './admin-store.ts';
import type { Destination } from '../outbox/destination.ts';

/** What a person asks for. */
export type ReplayRequest =
  | Exclude<ReplaySelection, { readonly kind: 'records' }>
  | { readonly kind: 'attestations'; readonly attestationIds: readonly string[] };

/** What a replay would do if it began now. */
export interface ReplayPlan {
  readonly selection: ReplaySelection;
  /** Records that would be sent. */
  readonly records: number;
  /** Looking stopped at `MAX_PLANNED_RECORDS`: there may be more. */
  readonly atLeast: boolean;
  readonly oldestRecordedAtMs?: number;
  readonly newestRecordedAtMs?: number;
  /** Of those: delivered before, so that they will stand in the SIEM twice under one `metadata.uid`. */
  readonly duplicates: number;
  /** Belong to the selection and are left out: on their way already. */
  readonly open: number;
  /** Belong to the selection and are left out: dead letters have a retry of their own. */
  readonly letters: number;
  /** Attestations that were named and are not there (or belong to another workspace). */
  readonly unknownIds: readonly string[];
  /** The oldest receipt that is kept: what was delivered before it looks as if it had not been. */
  readonly oldestReceiptMs?: number;
}

export interface ReplayDraft {
  readonly replayId: string;
  readonly destinationId: string;
  readonly plan: Pick<ReplayPlan, 'selection' | 'records' | 'atLeast'>;
  readonly ratePerSecond?: number;
  readonly requestedBy: string;
  readonly reason?: string;
}

export type CreateReplayResult =
  | { readonly status: 'created'; readonly replay: Replay }
  | { readonly status: 'not_found' }
  /** Another replay of this destination is running or paused. */
  | { readonly status: 'another'; readonly replayId: string };

export type ReplayChange = 'pause' | 'resume' | 'cancel';

export type ChangeReplayResult =
  | { readonly status: 'changed' | 'unchanged'; readonly replay: Replay }
  | { readonly status: 'not_found' }
  /** It has finished, failed or was cancelled: nothing is left to change. */
  | { readonly status: 'ended'; readonly replay: Replay };

/** Records that a plan looks at, and in steps of how many: between two steps others get their turn. */
export const MAX_PLANNED_RECORDS = 100_000;
export const PLAN_STEP_RECORDS = 5_000;

/** Replays as people see them. */
export interface ReplayAdminStore {
  planReplay(destination: Destination, request: ReplayRequest): Promise<ReplayPlan>;
  createReplay(draft: ReplayDraft, audit: AuditRecord): Promise<CreateReplayResult>;
  readReplay(replayId: string, scope: WorkspaceScope): Promise<Replay | undefined>;
  /** Newest first. */
  listReplays(
    filter: WorkspaceScope & { readonly destinationId?: string },
    page: PageQuery,
  ): Promise<Page<Replay>>;
  /** Audited where it changes something. */
  changeReplay(
    replayId: string,
    scope: WorkspaceScope,
    change: ReplayChange,
    audit: AuditRecord,
  ): Promise<ChangeReplayResult>;
}
