import { after, before, describe, test } from 'node:test';
import { mishapsBySql, type SqlRow, type StoreFactory, type StoreMishaps } from './store-factory.ts';
import type { Store } from '../../src/store/store.ts';

export interface Section {
  /** The section's store; only to be read inside a test. */
  readonly store: Store;
  sql(text: string): Promise<readonly SqlRow[]>;
  /** Only to be read inside a test. */
  readonly mishaps: StoreMishaps;
  test(name: string, run: () => Promise<void>, skip?: string | false): void;
}

/** A group of tests over one store, opened before the first and closed after the last. */
export function describeSection(
  factory: StoreFactory,
  name: string,
  addTests: (section: Section) => void,
): void {
  void describe(name, () => {
    let open: Awaited<ReturnType<StoreFactory['open']>> | undefined;
    const opened = (): NonNullable<typeof open> => {
      if (open === undefined) throw new Error('The store of this section is not open');
      return open;
    };
    before(async () => {
      open = await factory.open();
    });
    after(async () => {
      await open?.close();
    });
    addTests({
      get store() {
        return opened().store;
      },
      sql: (text) => opened().sql(text),
      get mishaps() {
        return opened().mishaps ?? mishapsBySql((text) => opened().sql(text));
      },
      test: (title, run, skip = false) => {
        void test(title, { skip, timeout: 60_000 }, run);
      },
    });
  });
}
