import type { StoredCheckpointKey } from '../../outbox/proof-store.ts';
import type { AuditRecord } from '../admin-store.ts';
import { appendAudit } from './audit.ts';
import type { Statements } from './statements.ts';

export function addCheckpointKey(
  statements: Statements,
  key: StoredCheckpointKey,
  newestKeyId: string | undefined,
  audit: AuditRecord,
): boolean {
  const added = statements.run(
    `insert into aegis_siem_keys (key_id, purpose, sealed, public_key, created_at)
     select ?1, 'checkpoint', ?2, ?3, max(?4, coalesce(1 + (select max(created_at) from aegis_siem_keys), 0))
     where ?5 is (select key_id from aegis_siem_keys where purpose = 'checkpoint' order by created_at desc, key_id limit 1)`,
    key.keyId,
    key.sealed,
    key.publicKey,
    Math.floor(key.createdAtMs),
    newestKeyId ?? null,
  );
  if (added === 0) return false;
  appendAudit(statements, audit);
  return true;
}
