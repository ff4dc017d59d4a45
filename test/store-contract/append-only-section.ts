import assert from 'node:assert/strict';
import { describeSection, type Section } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import { addDestination, auditRecord, newWorkspace, recordDraft, recordSome } from './store-fixtures.ts';

export function appendOnlySection(factory: StoreFactory): void {
  describeSection(factory, 'append-only', (section) => {
    section.test('an attestation cannot be changed, removed or written over', async () => {
      const workspaceId = newWorkspace();
      const [record] = await recordSome(section.store, workspaceId, 1);
      assert.ok(record !== undefined);
      const where = `where attestation_id = '${record.recordId}'`;
      await refused(section, `update aegis_siem_attestations set body = '{}' ${where}`);
      await refused(section, `update aegis_siem_attestations set recorded_at = 0 ${where}`);
      await refused(section, `delete from aegis_siem_attestations ${where}`);
      await refused(
        section,
        `insert into aegis_siem_attestations (record_no, attestation_id, workspace_id, recorded_at, body)
         values (${record.recordNo}, '${record.recordId}', '${workspaceId}', 1, '{}')
         on conflict (attestation_id) do update set body = excluded.body`,
      );
      const stored = await section.store.record.readAttestation(record.recordId);
      assert.equal(stored?.body, record.body);
    });

    section.test('another event cannot be changed or removed', async () => {
      const { store } = section;
      const draft = { ...recordDraft(newWorkspace()), source: 'external' as const };
      await store.record.recordEvents([draft]);
      const where = `where metadata_uid = '${draft.recordId}'`;
      await refused(section, `update aegis_siem_events set body = '{}' ${where}`);
      await refused(section, `delete from aegis_siem_events ${where}`);
      const [row] = await section.sql(`select body from aegis_siem_events ${where}`);
      assert.equal(row?.['body'], draft.body);
    });

    section.test('neither audit nor versions of settings can be rewritten', async () => {
      const workspaceId = newWorkspace();
      const { destinationNo } = await addDestination(section.store, workspaceId);
      const audit = auditRecord(workspaceId);
      await section.store.admin.appendAudit(audit);
      await refused(
        section,
        `update aegis_siem_audit set actor = 'nobody' where audit_id = '${audit.auditId}'`,
      );
      await refused(section, `delete from aegis_siem_audit where audit_id = '${audit.auditId}'`);
      const where = `where destination_no = ${destinationNo}`;
      await refused(section, `update aegis_siem_destination_versions set settings = '{}' ${where}`);
      await refused(section, `delete from aegis_siem_destination_versions ${where}`);
    });

    section.test(
      'INSERT OR REPLACE does not get around it',
      async () => {
        const workspaceId = newWorkspace();
        const [record, other] = await recordSome(section.store, workspaceId, 2);
        assert.ok(record !== undefined && other !== undefined);
        const values = (recordNo: number, id: string): string =>
          `insert or replace into aegis_siem_attestations (record_no, attestation_id, workspace_id, recorded_at, body)
           values (${recordNo}, '${id}', '${workspaceId}', 1, '{}')`;
        await refused(section, values(record.recordNo, record.recordId));
        await refused(section, values(record.recordNo, recordDraft(workspaceId).recordId));
        await refused(section, values(other.recordNo, record.recordId));
        assert.equal((await section.store.record.readAttestation(record.recordId))?.body, record.body);
      },
      factory.abilities.insertOrReplace ? false : `${factory.name} has no INSERT OR REPLACE`,
    );

    section.test(
      'TRUNCATE does not get around it',
      async () => {
        const [record] = await recordSome(section.store, newWorkspace(), 1);
        assert.ok(record !== undefined);
        for (const table of ['attestations', 'events', 'audit', 'destination_versions']) {
          await refused(section, `truncate aegis_siem_${table} cascade`);
        }
        assert.equal((await section.store.record.readAttestation(record.recordId))?.body, record.body);
      },
      factory.abilities.truncate ? false : `${factory.name} has no TRUNCATE`,
    );
  });
}

/** The database itself says no, and for this reason. */
async function refused(section: Section, text: string): Promise<void> {
  await assert.rejects(section.sql(text), /append-only/);
}
