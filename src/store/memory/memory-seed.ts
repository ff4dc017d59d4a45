import type { Destination } from '../../outbox/destination.ts';
import { enqueueOwed, startMark } from './memory-reconcile.ts';
import { epochName } from './memory-tables.ts';
import type { MemoryTables } from './memory-tables.ts';

/** Adds a destination with its lane and first version. Fields that are not given are those of a plain active one. */
export function seedDestination(
  tables: MemoryTables,
  given: Partial<Destination> & { readonly destinationNo: number },
): Destination {
  const { destinationNo } = given;
  const destination: Destination = {
    destinationId: uuidOf(1, destinationNo),
    workspaceId: 'ws-1',
    name: `destination ${destinationNo}`,
    type: 'splunk_hec',
    state: 'active',
    health: { state: 'healthy', sinceMs: 0 },
    config: {},
    sealed: {},
    fingerprints: {},
    ocsf: { classUid: 2001, version: '1.1.0' },
    batch: {},
    sources: ['attestations', 'admin', 'external'],
    activeSinceMs: 0,
    rowVersion: 1,
    createdAtMs: 0,
    updatedAtMs: 0,
    ...given,
  };
  tables.destinations.set(destinationNo, destination);
  tables.versions.set(destinationNo, new Map([[destination.rowVersion, destination]]));
  tables.lanes.set(destinationNo, {
    owner: undefined,
    token: 0,
    leasedUntilMs: 0,
    pausedUntilMs: 0,
    failureStreak: 0,
    unheard: { requests: 0, atMs: 0 },
    streamId: uuidOf(2, destinationNo),
    epochNo: 1,
    epoch: epochName(destinationNo, 1),
    epochAnchor: tables.anchor,
    nextSeq: 1,
    hecChannel: uuidOf(3, destinationNo),
  });
  if (takesRecords(destination.state)) startMark(tables, destinationNo);
  return destination;
}

/**
 * Changes a destination as a person would over the API: a new version, and an end to the lane's pause. One that stops taking records
 * gets a row for all that it is owed before; one that begins again is owed what comes from then on.
 */
export function changeDestination(
  tables: MemoryTables,
  destinationNo: number,
  patch: Partial<
    Pick<
      Destination,
      'state' | 'config' | 'sealed' | 'credentialNotes' | 'ocsf' | 'batch' | 'limits' | 'activeSinceMs'
    >
  >,
): Destination {
  const present = tables.destinations.get(destinationNo);
  const lane = tables.lanes.get(destinationNo);
  if (present === undefined || lane === undefined)
    throw new Error(`There is no destination ${destinationNo}`);
  const changed = { ...present, ...patch, rowVersion: present.rowVersion + 1 };
  if (takesRecords(present.state) && !takesRecords(changed.state)) enqueueOwed(tables, present);
  tables.destinations.set(destinationNo, changed);
  tables.versions.get(destinationNo)?.set(changed.rowVersion, changed);
  if (!takesRecords(present.state) && takesRecords(changed.state)) startMark(tables, destinationNo);
  lane.pausedUntilMs = 0;
  return changed;
}

function takesRecords(state: Destination['state']): boolean {
  return state === 'active' || state === 'paused';
}

export interface SeedRecord {
  readonly recordId: string;
  readonly body: string;
  readonly workspaceId?: string;
  readonly source?: 'attestation' | 'event' | 'admin';
  readonly recordedAtMs?: number;
}

/** Records it, with an open row for each destination of its workspace that takes rows. Answers the record's number. */
export function seedRecord(tables: MemoryTables, given: SeedRecord, replayed = false): number {
  tables.lastRecordNo += 1;
  const recordNo = tables.lastRecordNo;
  const record = {
    workspaceId: 'ws-1',
    source: 'attestation' as const,
    recordedAtMs: 0,
    ...given,
    recordNo,
  };
  tables.records.set(recordNo, record);
  for (const destination of tables.destinations.values()) {
    if (!takesRecords(destination.state) || destination.workspaceId !== record.workspaceId) continue;
    const rows = tables.outbox.get(destination.destinationNo) ?? new Map<number, boolean>();
    rows.set(recordNo, replayed);
    tables.outbox.set(destination.destinationNo, rows);
  }
  return recordNo;
}

/** Names of a kind, the same in every run: a simulation must be repeatable. */
function uuidOf(kind: number, destinationNo: number): string {
  return `0000000${kind}-0000-4000-8000-${String(destinationNo).padStart(12, '0')}`;
}
