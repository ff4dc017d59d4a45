import type { StoredCheckpointKey } from '../../outbox/proof-store.ts';
import type { AuditRecord } from '../admin-store.ts';
import { appendAudit } from './audit.ts';
import type { Statements } from './database.ts';

/** Inside of a transaction: two that add at once wait for each other, and the second sees the first's key. */
export async function addCheckpointKey(
  statements: Statements,
  key: StoredCheckpointKey,
  newestKeyId: string | undefined,
  audit: AuditRecord,
): Promise<boolean> {
  await statements.first(`select pg_advisory_xact_lock(hashtext('aegis_siem_keys'), hashtext('@schema@'))`);
  const added = await statements.run(
    `insert into @schema@.aegis_siem_keys (key_id, purpose, sealed, public_key, created_at)
     select $1, 'checkpoint', $2, $3,
       greatest($4::bigint, coalesce(1 + (select max(created_at) from @schema@.aegis_siem_keys), 0))
     where $5::text is not distinct from (
       select key_id from @schema@.aegis_siem_keys where purpose = 'checkpoint' order by created_at desc, key_id limit 1)`,
    [key.keyId, key.sealed, key.publicKey, Math.floor(key.createdAtMs), newestKeyId ?? null],
  );
  if (added === 0) return false;
  await appendAudit(statements, audit);
  return true;
}
