import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Destination } from '../../outbox/destination.ts';
import { chooseForReplay } from '../../outbox/replay-choice.ts';
import { type Replay, REPLAY_START, type ReplayCursor, type ReplaySelection } from '../../outbox/replay.ts';
import type { AuditRecord, Page, PageQuery, WorkspaceScope } from '../admin-store.ts';
import { decodeCursor } from '../cursor.ts';
import {
  type ChangeReplayResult,
  type CreateReplayResult,
  PLAN_STEP_RECORDS,
  type ReplayAdminStore,
  type ReplayChange,
  type ReplayDraft,
  type ReplayPlan,
  type ReplayRequest,
} from '../replay-admin-store.ts';
import { PlanSum } from '../replay-plan.ts';
import { changedStatus } from '../replay-change.ts';
import { appendAudit } from './audit.ts';
import { integer, maybeInteger, text } from '../column.ts';
import type { SqliteConnection } from './connection.ts';
import { readDestination } from './destinations.ts';
import { NOW_MS } from './lanes.ts';
import { pageOf } from '../page.ts';
import { evidenceOf, nextCandidates } from './replay-candidates.ts';
import { insertReplay, lastRecordNo, REPLAY_COLUMNS } from './insert-replay.ts';
import { replayOf } from '../replay-row.ts';
import type { Statements } from './statements.ts';

const FROM_REPLAYS = `select ${REPLAY_COLUMNS} from aegis_siem_replays r join aegis_siem_destinations d using (destination_no)`;

/** Replays for the API and the CLI. */
export class SqliteReplayAdminStore implements ReplayAdminStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /** In steps of their own, each on a snapshot: a call blocks the thread, and a plan may look at many records. */
  async planReplay(destination: Destination, request: ReplayRequest): Promise<ReplayPlan> {
    const { destinationNo } = destination;
    const { selection, unknownIds } = this.#connection.read((statements) =>
      selectionOf(statements, destination.workspaceId, request),
    );
    const sum = new PlanSum();
    let cursor: ReplayCursor | undefined = REPLAY_START;
    const last = this.#connection.read(lastRecordNo);
    while (cursor !== undefined && !sum.full) {
      const from: ReplayCursor = cursor;
      cursor = this.#connection.read((statements) => {
        const scope = { ...destination, selection, lastRecordNo: last };
        const candidates = nextCandidates(statements, scope, from, PLAN_STEP_RECORDS);
        const evidence = evidenceOf(statements, destinationNo, candidates, true);
        const choice = chooseForReplay(candidates, evidence, selection.kind, candidates.length);
        sum.add(choice, candidates.length);
        return choice.cursor;
      });
      await nextTurn();
    }
    const oldest = this.#connection.read((statements) =>
      statements.first(
        'select min(delivered_at) as oldest from aegis_siem_receipts where destination_no = ?',
        destinationNo,
      ),
    );
    return sum.plan(selection, unknownIds, oldest === undefined ? undefined : maybeInteger(oldest, 'oldest'));
  }

  async createReplay(draft: ReplayDraft, audit: AuditRecord): Promise<CreateReplayResult> {
    return this.#connection.write((statements): CreateReplayResult => {
      const destination = readDestination(statements, draft.destinationId, {});
      if (destination === undefined) return { status: 'not_found' };
      const { destinationNo } = destination;
      const another = statements.first(
        `select replay_id from aegis_siem_replays where destination_no = ? and status in ('running', 'paused')`,
        destinationNo,
      );
      if (another !== undefined) return { status: 'another', replayId: text(another, 'replay_id') };
      insertReplay(statements, destination, { ...draft, origin: 'request' });
      appendAudit(statements, audit);
      return { status: 'created', replay: readOne(statements, draft.replayId, {}) ?? gone() };
    });
  }

  async readReplay(replayId: string, scope: WorkspaceScope): Promise<Replay | undefined> {
    return this.#connection.read((statements) => readOne(statements, replayId, scope));
  }

  async listReplays(
    filter: WorkspaceScope & { readonly destinationId?: string },
    page: PageQuery,
  ): Promise<Page<Replay>> {
    const [before] = page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number']);
    const rows = this.#connection.read((statements) =>
      statements.all(
        `${FROM_REPLAYS} where r.replay_no < ?1 and (?2 is null or r.workspace_id = ?2)
           and (?3 is null or d.destination_id = ?3)
         order by r.replay_no desc limit ?4`,
        before ?? Number.MAX_SAFE_INTEGER,
        filter.workspaceId ?? null,
        filter.destinationId ?? null,
        page.limit + 1,
      ),
    );
    return pageOf(rows, page, (row) => [integer(row, 'replay_no')], replayOf);
  }

  async changeReplay(
    replayId: string,
    scope: WorkspaceScope,
    change: ReplayChange,
    audit: AuditRecord,
  ): Promise<ChangeReplayResult> {
    return this.#connection.write((statements): ChangeReplayResult => {
      const replay = readOne(statements, replayId, scope);
      if (replay === undefined) return { status: 'not_found' };
      const status = changedStatus(replay.status, change);
      if (status === undefined) return { status: 'ended', replay };
      if (status === replay.status) return { status: 'unchanged', replay };
      statements.run(
        `update aegis_siem_replays set status = ?1, note = null,
           finished_at = case when ?1 = 'cancelled' then ${NOW_MS} end where replay_no = ?2`,
        status,
        replay.replayNo,
      );
      appendAudit(statements, audit);
      return { status: 'changed', replay: readOne(statements, replayId, scope) ?? gone() };
    });
  }
}

function readOne(statements: Statements, replayId: string, scope: WorkspaceScope): Replay | undefined {
  const row = statements.first(
    `${FROM_REPLAYS} where r.replay_id = ?1 and (?2 is null or r.workspace_id = ?2)`,
    replayId,
    scope.workspaceId ?? null,
  );
  return row === undefined ? undefined : replayOf(row);
}

/** The attestations that were named, as numbers; those that are not there are told apart. */
function selectionOf(
  statements: Statements,
  workspaceId: string,
  request: ReplayRequest,
): { readonly selection: ReplaySelection; readonly unknownIds: readonly string[] } {
  if (request.kind !== 'attestations') return { selection: request, unknownIds: [] };
  const rows = statements.all(
    `select record_no, attestation_id from aegis_siem_attestations
     where attestation_id in (select value from json_each(?)) and workspace_id = ? order by record_no`,
    JSON.stringify(request.attestationIds),
    workspaceId,
  );
  const known = new Set(rows.map((row) => text(row, 'attestation_id')));
  return {
    selection: { kind: 'records', recordNos: rows.map((row) => integer(row, 'record_no')) },
    unknownIds: request.attestationIds.filter((id) => !known.has(id)),
  };
}

function gone(): never {
  throw new Error('The row of aegis_siem_replays that was just written is not there');
}
