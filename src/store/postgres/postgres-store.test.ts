import { after, before } from 'node:test';
import { describeStoreContract } from '../../../test/store-contract/store-contract.ts';
import { usePostgresStores, type PostgresStores } from '../../../test/support/postgres-store.ts';
import { MAX_ATTEMPTS_KEPT } from './attempts.ts';

let stores: PostgresStores | undefined;

before(async () => {
  stores = await usePostgresStores({ alone: true });
});

after(async () => {
  await stores?.close();
});

describeStoreContract({
  name: 'PostgreSQL',
  abilities: { maxAttemptsKept: MAX_ATTEMPTS_KEPT, insertOrReplace: false, truncate: true },
  open: async () => {
    if (stores === undefined) throw new Error('No PostgreSQL is running');
    return stores.open();
  },
});
