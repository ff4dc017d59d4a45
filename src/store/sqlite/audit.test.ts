import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { openTestStore, storeTest } from '../../../test/support/sqlite-store.ts';
import { AUDIT_FILTERS } from '../../../test/store-contract/audit-filters.ts';
import { auditConditions } from '../audit-filter.ts';
import { selectAudit } from './audit.ts';

void describe('the audit on SQLite', () => {
  storeTest('every filter goes by an index and sorts nothing', async () => {
    await using open = await openTestStore();
    for (const [filter, index] of AUDIT_FILTERS) {
      const conditions = auditConditions(filter);
      const values = [...conditions.map(({ value }) => value), 1, 1, 10];
      const plan = open.other.prepare(`explain query plan ${selectAudit(conditions, true)}`).all(...values);
      const words = plan.map((step) => String(step['detail'])).join('; ');
      assert.match(words, new RegExp(`USING INDEX ${index} `));
      assert.doesNotMatch(words, /TEMP B-TREE/);
    }
  });
});
