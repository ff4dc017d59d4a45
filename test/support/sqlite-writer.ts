/**
 * Run by the test of several processes: `node sqlite-writer.ts PATH WORKSPACE COUNT`. Records COUNT attestations in groups of 10
 * and prints the ids that were acknowledged, one a line, each group after its answer.
 */
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import { recordDraft } from '../store-contract/store-fixtures.ts';

const GROUP = 10;

const [path, workspaceId, count] = process.argv.slice(2);
if (path === undefined || workspaceId === undefined || count === undefined)
  throw new Error('PATH WORKSPACE COUNT');
const store = await openSqliteStore(path);
for (let done = 0; done < Number(count); done += GROUP) {
  const results = await store.record.recordAttestations(
    Array.from({ length: GROUP }, () => recordDraft(workspaceId)),
  );
  const lines = results.flatMap((result) => (result.status === 'recorded' ? [`${result.recordId}\n`] : []));
  process.stdout.write(lines.join(''));
}
await store.close();
