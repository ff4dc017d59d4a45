import type { BacklogLimits, CredentialNotes, Destination } from '../outbox/destination.ts';
import { integer, json, text, type StoredRow } from './column.ts';

/** Columns of `aegis_siem_destinations d` that make a `Destination`. */
export const DESTINATION_COLUMNS = `d.destination_no, d.destination_id, d.workspace_id, d.name, d.type, d.state, d.health,
  d.config, d.sealed, d.fingerprints, d.credential_notes, d.ocsf, d.batch, d.limits, d.sources, d.active_since, d.row_version, d.created_at, d.updated_at`;

/** A row of `aegis_siem_destinations` as the port shows it. The table's CHECKs hold `type` and `state` to their words. */
export function destinationOf(row: StoredRow): Destination {
  return {
    destinationNo: integer(row, 'destination_no'),
    destinationId: text(row, 'destination_id'),
    workspaceId: text(row, 'workspace_id'),
    name: text(row, 'name'),
    type: text(row, 'type') as Destination['type'],
    state: text(row, 'state') as Destination['state'],
    health: json(row, 'health') as Destination['health'],
    config: json(row, 'config') as Destination['config'],
    sealed: json(row, 'sealed') as Destination['sealed'],
    fingerprints: json(row, 'fingerprints') as Destination['fingerprints'],
    ...notesOf(row),
    ocsf: json(row, 'ocsf') as Destination['ocsf'],
    batch: json(row, 'batch') as Destination['batch'],
    ...limitsOf(row),
    sources: json(row, 'sources') as Destination['sources'],
    activeSinceMs: integer(row, 'active_since'),
    rowVersion: integer(row, 'row_version'),
    createdAtMs: integer(row, 'created_at'),
    updatedAtMs: integer(row, 'updated_at'),
  };
}

/** A destination without limits has none, and not an empty set of them. */
function limitsOf(row: StoredRow): Pick<Destination, 'limits'> {
  const limits = json(row, 'limits') as BacklogLimits;
  return Object.keys(limits).length === 0 ? {} : { limits };
}

function notesOf(row: StoredRow): Pick<Destination, 'credentialNotes'> {
  const notes = json(row, 'credential_notes') as CredentialNotes;
  return Object.keys(notes).length === 0 ? {} : { credentialNotes: notes };
}

/** What a version keeps: everything that shapes what is sent, without health and credentials. */
export type VersionSettings = Omit<Destination, 'health' | 'sealed'>;

/** The settings of `destination` as text for `aegis_siem_destination_versions`. */
export function versionSettingsOf(destination: Destination): string {
  const { health: _health, sealed: _sealed, ...settings } = destination;
  return JSON.stringify(settings satisfies VersionSettings);
}

/** A version put together again with today's health and credentials. */
export function destinationOfVersion(row: StoredRow): Destination {
  const settings = json(row, 'settings') as VersionSettings;
  return {
    ...settings,
    health: json(row, 'health') as Destination['health'],
    sealed: json(row, 'sealed') as Destination['sealed'],
  };
}
