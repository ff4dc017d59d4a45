/**
 * Run by the disk-full test inside a small file system of its own: `node fill-disk.ts FOLDER`. Records until the store says that
 * it is full, makes room, records again, and prints what happened as one line of JSON.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDestination, newWorkspace, openRows, recordDraft } from '../store-contract/store-fixtures.ts';
import { openTestStore } from './sqlite-store.ts';

const MAX_GROUPS = 1_000;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Say in which folder');

const ballast = join(folder, 'ballast');
writeFileSync(ballast, Buffer.alloc(1_500_000));
const open = await openTestStore({ folder, diskReserveBytes: 0 });
const workspaceId = newWorkspace();
const destination = await addDestination(open.store, workspaceId);
const acknowledged: string[] = [];
let failedCode: string | undefined;
let mixed = false;
for (let group = 0; group < MAX_GROUPS && failedCode === undefined; group += 1) {
  const drafts = Array.from({ length: 50 }, () =>
    recordDraft(workspaceId, { body: JSON.stringify('x'.repeat(1_000)) }),
  );
  const results = await open.store.record.recordAttestations(drafts);
  for (const result of results) {
    if (result.status === 'recorded') acknowledged.push(result.recordId);
    if (result.status === 'failed') failedCode = result.code;
  }
  mixed ||= new Set(results.map(({ status }) => status)).size > 1;
}
const readable = await countReadable();
rmSync(ballast);
const [after] = await open.store.record.recordAttestations([recordDraft(workspaceId)]);
const rows = await openRows(open.store, destination, { maxRows: 100_000 });
const [integrity] = open.rows('pragma integrity_check');
console.log(
  JSON.stringify({
    acknowledged: acknowledged.length,
    readable,
    failedCode,
    mixed,
    after: after?.status,
    rows: rows.length,
    integrity: integrity?.['integrity_check'],
  }),
);
await open[Symbol.asyncDispose]();

async function countReadable(): Promise<number> {
  let count = 0;
  for (const id of acknowledged) {
    if ((await open.store.record.readAttestation(id)) !== undefined) count += 1;
  }
  return count;
}
