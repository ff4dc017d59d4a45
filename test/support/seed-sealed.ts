import type { Sealer } from '../../src/secrets/sealer.ts';
import type { SealedRow, SealedStore } from '../../src/store/sealed-store.ts';

/** Values of a store by the key id that they name, and whether each opens where it stands. */
export async function openAll(
  store: SealedStore,
  sealer: Sealer,
  expected: (row: SealedRow) => string | undefined,
): Promise<number> {
  let opened = 0;
  let after: SealedRow | undefined;
  for (;;) {
    const rows = await store.listSealed({
      keyId: { otherThan: 'no such key' },
      limit: 500,
      ...(after === undefined ? {} : { after }),
    });
    after = rows.at(-1);
    if (after === undefined) return opened;
    for (const row of rows) {
      const wanted = expected(row);
      if (wanted === undefined) continue;
      const plain = sealer.open(row.sealed['token'] ?? '', {
        workspaceId: row.workspaceId,
        destinationId: row.id,
        field: 'token',
      });
      if (plain !== wanted) throw new Error(`the token of ${row.id} is another one`);
      opened += 1;
    }
  }
}
