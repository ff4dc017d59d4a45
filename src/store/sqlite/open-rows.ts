import type { SQLOutputValue } from 'node:sqlite';
import type { OpenRow, OpenRowQuery } from '../../outbox/delivery-store.ts';
import { StoreError } from '../store-error.ts';
import type { Statements } from './statements.ts';

// The reading that decides how fast a lane drains: rows as arrays, one index walk, one body look-up each by its number. A row
// whose record is missing (removed by hand) has no body and is passed over.

const COLUMNS = `o.record_no, o.attestation_id, o.replayed,
  case when o.attestation_id is null then e.metadata_uid end,
  case when o.attestation_id is null then e.body else a.body end,
  case when o.attestation_id is null then e.source end`;

const FROM_OUTBOX = `
  from aegis_siem_outbox o
  left join aegis_siem_attestations a on o.attestation_id is not null and a.record_no = o.record_no
  left join aegis_siem_events e on o.attestation_id is null and e.record_no = o.record_no`;

const READ_OPEN = `select ${COLUMNS} ${FROM_OUTBOX}
  where o.destination_no = ? and o.record_no > ? order by o.record_no limit ?`;

const READ_OPEN_EXCEPT = `select ${COLUMNS} ${FROM_OUTBOX}
  where o.destination_no = ? and o.record_no > ? and o.record_no not in (select value from json_each(?))
  order by o.record_no limit ?`;

export function readOpenRows(statements: Statements, query: OpenRowQuery): OpenRow[] {
  const { destinationNo, afterRecordNo, maxRows, maxBodyBytes } = query;
  // The cursor has passed most of what is in flight: only what lies ahead of it must be left out.
  const ahead = query.exclude.filter((recordNo) => recordNo > afterRecordNo);
  const rows =
    ahead.length === 0
      ? statements.arrays(READ_OPEN, destinationNo, afterRecordNo, maxRows)
      : statements.arrays(READ_OPEN_EXCEPT, destinationNo, afterRecordNo, JSON.stringify(ahead), maxRows);
  const open: OpenRow[] = [];
  let bodyBytes = 0;
  for (const columns of rows) {
    const row = openRowOf(columns);
    if (row === undefined) continue;
    open.push(row);
    bodyBytes += Buffer.byteLength(row.body);
    if (bodyBytes >= maxBodyBytes) break;
  }
  return open;
}

/** The records of a batch by number; those that are missing are left out. `replayed` is the batch's to say, and false here. */
export function readRecords(statements: Statements, recordNos: readonly number[]): OpenRow[] {
  const wanted = JSON.stringify(recordNos);
  const rows = statements.arrays(
    `select record_no, attestation_id, 0, null, body, null from aegis_siem_attestations
     where record_no in (select value from json_each(?))
     union all
     select record_no, null, 0, metadata_uid, body, source from aegis_siem_events
     where record_no in (select value from json_each(?))
     order by 1`,
    wanted,
    wanted,
  );
  return [...rows].flatMap((columns) => openRowOf(columns) ?? []);
}

function openRowOf(columns: readonly SQLOutputValue[]): OpenRow | undefined {
  const [recordNo, attestationId, replayed, metadataUid, body, source] = columns;
  if (body === null) return undefined;
  if (typeof recordNo !== 'number' || typeof body !== 'string') {
    throw new StoreError('store_corrupt', 'A row of aegis_siem_outbox or its record has another shape');
  }
  const isAttestation = typeof attestationId === 'string';
  return {
    recordNo,
    source: isAttestation ? 'attestation' : source === 'admin' ? 'admin' : 'event',
    recordId: isAttestation ? attestationId : String(metadataUid),
    body,
    replayed: replayed === 1,
  };
}
