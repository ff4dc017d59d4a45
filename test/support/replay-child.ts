/**
 * A process that feeds replays and delivers what they put into the outbox, a line on stdout for each step, until it is killed.
 * Its one argument is the path of a SQLite store.
 */
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import { deliver, openRows, takeLane } from '../store-contract/store-fixtures.ts';

const store = await openSqliteStore(process.argv[2] ?? '');
const [destination] = (await store.admin.listDestinations({}, { limit: 1 })).items;
if (destination === undefined) throw new Error('There is no destination');
for (;;) {
  const { active } = await store.replayFeed.feed({ maxRows: 7, maxLooked: 100 }, Date.now());
  process.stdout.write('fed\n');
  const rows = await openRows(store, destination);
  if (rows.length > 0) {
    const lane = await takeLane(store, destination);
    await deliver(
      store,
      lane,
      rows.map(({ recordNo }) => recordNo),
      { replayed: rows.map((_, index) => index) },
    );
    process.stdout.write('delivered\n');
  }
  if (active === 0) break;
}
await store.close();
