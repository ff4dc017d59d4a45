import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AUDIT_FILTERS } from '../../../test/store-contract/audit-filters.ts';
import { usePostgresStores, type PostgresStores } from '../../../test/support/postgres-store.ts';
import { auditConditions } from '../audit-filter.ts';
import { selectAudit } from './audit.ts';

/** Enough that a scan and a sort cost more than an index. */
const ROWS = 20_000;

let stores: PostgresStores | undefined;
before(async () => {
  stores = await usePostgresStores();
});
after(async () => {
  await stores?.close();
});

void describe('the audit on PostgreSQL', { timeout: 60_000 }, () => {
  void test('every filter goes by an index and sorts nothing', async () => {
    const open = await stores?.open();
    assert.ok(open !== undefined);
    try {
      // Of a hundred subjects, actors and actions each, and ten workspaces.
      await open.sql(
        `insert into public.aegis_siem_audit (audit_id, at, workspace_id, actor, action, subject_id)
         select n::text, n, 'w' || n % 10, 'a' || n % 100, 'x' || n / 7 % 100, 's' || n / 3 % 100
         from generate_series(1, ${ROWS}) n`,
      );
      await open.sql('analyze public.aegis_siem_audit');
      for (const [filter, index] of AUDIT_FILTERS) {
        const conditions = auditConditions(filter);
        const statement = selectAudit(conditions, true).replaceAll('@schema@', 'public');
        const values = [...conditions.map(({ value }) => value), ROWS, 1, 10];
        const plan = await open.sql(`explain ${statement}`, values);
        const words = plan.map((step) => String(step['QUERY PLAN'])).join('; ');
        assert.match(words, new RegExp(`using ${index} `));
        assert.doesNotMatch(words, /Sort/);
      }
    } finally {
      await open.close();
    }
  });
});
