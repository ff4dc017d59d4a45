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
import { changedStatus } from '../replay-change.ts';
import { PlanSum } from '../replay-plan.ts';
import { appendAudit } from './audit.ts';
import { integer, maybeInteger, text } from '../column.ts';
import type { Database, Statements } from './database.ts';
import { lockDestination } from './destinations.ts';
import { insertReplay, lastRecordNo, REPLAY_COLUMNS } from './insert-replay.ts';
import { NOW_MS } from './lanes.ts';
import { pageOf } from '../page.ts';
import { evidenceOf, nextCandidates } from './replay-candidates.ts';
import { replayOf } from '../replay-row.ts';
import { isUuid } from './uuid.ts';

const FROM_REPLAYS = `select ${REPLAY_COLUMNS}
  from @schema@.aegis_siem_replays r join @schema@.aegis_siem_destinations d using (destination_no)`;

/** Replays for the API and the CLI. */
export class PostgresReplayAdminStore implements ReplayAdminStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async planReplay(destination: Destination, request: ReplayRequest): Promise<ReplayPlan> {
    const { destinationNo } = destination;
    const { selection, unknownIds } = await selectionOf(this.#database, destination.workspaceId, request);
    const sum = new PlanSum();
    const scope = { ...destination, selection, lastRecordNo: await lastRecordNo(this.#database) };
    let cursor: ReplayCursor | undefined = REPLAY_START;
    while (cursor !== undefined && !sum.full) {
      const candidates: readonly ReplayCursor[] = await nextCandidates(
        this.#database,
        scope,
        cursor,
        PLAN_STEP_RECORDS,
      );
      const evidence = await evidenceOf(this.#database, destinationNo, candidates, true);
      const choice = chooseForReplay(candidates, evidence, selection.kind, candidates.length);
      sum.add(choice, candidates.length);
      cursor = choice.cursor;
    }
    const oldest = await this.#database.first(
      'select min(delivered_at) as oldest from @schema@.aegis_siem_receipts where destination_no = $1',
      [destinationNo],
    );
    return sum.plan(selection, unknownIds, oldest === undefined ? undefined : maybeInteger(oldest, 'oldest'));
  }

  /** Under the lock of the destination: of two that ask at once, the second sees the first. */
  createReplay(draft: ReplayDraft, audit: AuditRecord): Promise<CreateReplayResult> {
    return this.#database.transaction(async (statements): Promise<CreateReplayResult> => {
      const destination = await lockDestination(statements, draft.destinationId);
      if (destination === undefined) return { status: 'not_found' };
      const another = await statements.first(
        `select replay_id from @schema@.aegis_siem_replays
         where destination_no = $1 and status in ('running', 'paused')`,
        [destination.destinationNo],
      );
      if (another !== undefined) return { status: 'another', replayId: text(another, 'replay_id') };
      await insertReplay(statements, destination, { ...draft, origin: 'request' });
      await appendAudit(statements, audit);
      return { status: 'created', replay: (await readOne(statements, draft.replayId, {})) ?? gone() };
    });
  }

  readReplay(replayId: string, scope: WorkspaceScope): Promise<Replay | undefined> {
    return readOne(this.#database, replayId, scope);
  }

  async listReplays(
    filter: WorkspaceScope & { readonly destinationId?: string },
    page: PageQuery,
  ): Promise<Page<Replay>> {
    const [before] = page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number']);
    const rows = await this.#database.all(
      `${FROM_REPLAYS} where r.replay_no < $1 and ($2::text is null or r.workspace_id = $2)
         and ($3::text is null or d.destination_id::text = $3)
       order by r.replay_no desc limit $4`,
      [
        before ?? Number.MAX_SAFE_INTEGER,
        filter.workspaceId ?? null,
        filter.destinationId ?? null,
        page.limit + 1,
      ],
    );
    return pageOf(rows, page, (row) => [integer(row, 'replay_no')], replayOf);
  }

  changeReplay(
    replayId: string,
    scope: WorkspaceScope,
    change: ReplayChange,
    audit: AuditRecord,
  ): Promise<ChangeReplayResult> {
    return this.#database.transaction(async (statements): Promise<ChangeReplayResult> => {
      const replay = await readOne(statements, replayId, scope, 'for update of r');
      if (replay === undefined) return { status: 'not_found' };
      const status = changedStatus(replay.status, change);
      if (status === undefined) return { status: 'ended', replay };
      if (status === replay.status) return { status: 'unchanged', replay };
      await statements.run(
        `update @schema@.aegis_siem_replays set status = $1, note = null,
           finished_at = case when $1 = 'cancelled' then ${NOW_MS} end where replay_no = $2`,
        [status, replay.replayNo],
      );
      await appendAudit(statements, audit);
      return { status: 'changed', replay: (await readOne(statements, replayId, scope)) ?? gone() };
    });
  }
}

async function readOne(
  statements: Statements,
  replayId: string,
  scope: WorkspaceScope,
  lock: '' | 'for update of r' = '',
): Promise<Replay | undefined> {
  if (!isUuid(replayId)) return undefined;
  const row = await statements.first(
    `${FROM_REPLAYS} where r.replay_id = $1 and ($2::text is null or r.workspace_id = $2) ${lock}`,
    [replayId, scope.workspaceId ?? null],
  );
  return row === undefined ? undefined : replayOf(row);
}

/** The attestations that were named, as numbers; those that are not there are told apart. */
async function selectionOf(
  statements: Statements,
  workspaceId: string,
  request: ReplayRequest,
): Promise<{ readonly selection: ReplaySelection; readonly unknownIds: readonly string[] }> {
  if (request.kind !== 'attestations') return { selection: request, unknownIds: [] };
  const rows = await statements.all(
    `select record_no, attestation_id from @schema@.aegis_siem_attestations
     where attestation_id = any ($1::uuid[]) and workspace_id = $2 order by record_no`,
    [request.attestationIds.filter((id) => isUuid(id)), workspaceId],
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
