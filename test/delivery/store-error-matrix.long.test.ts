/**
 * Each call that a short delivery makes of a real store fails once, before its effect or after it, with each error that a
 * store can have. Delivery goes on by itself: nothing is lost, nothing is finished twice, no number is left empty.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import type { DeliveryStore } from '../../src/outbox/delivery-store.ts';
import type { Store } from '../../src/store/store.ts';
import { StoreUnavailableError, type StoreUnavailableCode } from '../../src/store/store-unavailable-error.ts';
import { addDestination, auditRecord, newWorkspace } from '../store-contract/store-fixtures.ts';
import { usePostgresStores } from '../support/postgres-store.ts';
import { openTestStore } from '../support/sqlite-store.ts';
import { plainBody } from './plain-renderer.ts';
import { deliverOnce, type ShortDelivery } from './short-delivery.ts';

/** Busy, connection lost, disk full, I/O error, read-only. */
const CODES: readonly StoreUnavailableCode[] = [
  'store_locked',
  'store_unavailable',
  'store_full',
  'store_io',
  'store_read_only',
];
/** `all`: each call with each error. Else they take turns: the engine treats them alike, so that all would only take longer. */
const EVERY_CODE = process.env['AEGIS_SIEM_TEST_STORE_ERRORS'] === 'all';
const RECORDS = 24;
/** Each run mostly waits for a pause to pass. */
const STORES_AT_ONCE = 6;
/** Deliveries that wait for a call of a method that was never struck yet. */
const TURNS = 5;
/** Calls that come by the clock come again and again: so many of one method are looked at. */
const MAX_OF_ONE_METHOD = 8;

type Method = keyof DeliveryStore;
type Phase = 'before' | 'after';

/** Which call fails, and how. */
interface Fault {
  readonly method: Method;
  /** 1 is the first call of the method. */
  readonly nth: number;
  readonly phase: Phase;
  readonly code: StoreUnavailableCode;
}

/** A store of which one call fails, once, and that counts calls. */
class OneFault {
  readonly #fault: Fault | undefined;
  readonly calls = new Map<string, number>();
  struck = false;

  constructor(fault?: Fault) {
    this.#fault = fault;
  }

  in(store: DeliveryStore): DeliveryStore {
    return new Proxy(store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        const call = (value as (...args: unknown[]) => Promise<unknown>).bind(target);
        return async (...args: unknown[]) => {
          const method = String(name);
          const nth = (this.calls.get(method) ?? 0) + 1;
          this.calls.set(method, nth);
          const fault = this.#fault;
          if (fault === undefined || method !== fault.method || nth !== fault.nth) return call(...args);
          this.struck = true;
          if (fault.phase === 'after') await call(...args);
          throw new StoreUnavailableError(fault.code, 'the store failed for the test');
        };
      },
    });
  }
}

/** One short delivery in a workspace of its own, gone afterwards. */
async function run(store: Store, fault: OneFault, about: string): Promise<void> {
  const workspaceId = newWorkspace();
  const destination = await addDestination(store, workspaceId);
  const ids = Array.from({ length: RECORDS }, () => randomUUID());
  await store.record.recordAttestations(
    ids.map((recordId) => ({ recordId, workspaceId, body: plainBody(recordId) })),
  );
  const bad = ids[RECORDS - 3] ?? '';
  const seen = await deliverOnce(fault.in(store.delivery), { store, destination, bad, about });
  await check(store, ids, bad, seen, about);
  await store.admin.deleteDestination(
    destination.destinationId,
    { actor: 'test', reason: 'the run is over' },
    auditRecord(workspaceId),
  );
}

async function check(
  store: Store,
  ids: readonly string[],
  bad: string,
  { taken, counted }: ShortDelivery,
  about: string,
): Promise<void> {
  const uids = taken.map(({ uid }) => uid);
  assert.deepEqual(
    ids.filter((id) => id !== bad && !uids.includes(id)),
    [],
    `${about}: lost`,
  );
  const numbers = new Set(taken.map(({ seq }) => seq));
  assert.deepEqual(
    Array.from({ length: Math.max(...numbers) }, (_, index) => index + 1).filter(
      (number) => !numbers.has(number),
    ),
    [],
    `${about}: numbers are empty`,
  );
  const doubles = uids.length - new Set(uids).size;
  assert.ok(doubles <= counted, `${about}: ${doubles} doubles, ${counted} counted`);
  for (const id of ids) {
    const stories = (await store.admin.listDeliveriesOf(id)).map(({ status }) => status);
    assert.deepEqual(stories, [id === bad ? 'dead' : 'delivered'], `${about}: ${id} is finished once`);
  }
}

/** Every method that such a delivery needs: were one never struck, the walk would show nothing of it. */
const NEEDED: readonly Method[] = [
  'completeBatch',
  'formBatch',
  'listDue',
  'markAwaitingAck',
  'markFormed',
  'noteFailedSend',
  'openBatches',
  'readOpenRows',
  'reconcile',
  'releaseLane',
  'replaceBatch',
  'saveLane',
  'takeLane',
];

/** Every call of a delivery in which nothing of the store fails, each to fail in turn. */
async function faultsToTry(store: Store, phase: Phase): Promise<readonly Fault[]> {
  const none = new OneFault();
  await run(store, none, 'no fault');
  const calls = [...none.calls].flatMap(([method, count]) =>
    Array.from({ length: Math.min(count, MAX_OF_ONE_METHOD) }, (_, index) => ({
      method: method as Method,
      nth: index + 1,
      phase,
    })),
  );
  return calls.flatMap((call, index) =>
    CODES.filter((_, turn) => EVERY_CODE || turn === index % CODES.length).map((code) => ({ ...call, code })),
  );
}

/** Answers the methods that were struck. */
async function tryAll(stores: readonly Store[], faults: readonly Fault[]): Promise<ReadonlySet<string>> {
  const struck = new Set<string>();
  const left = [...faults];
  await Promise.all(
    stores.map(async (store) => {
      for (let fault = left.shift(); fault !== undefined; fault = left.shift()) {
        const { method, nth, phase, code } = fault;
        const one = new OneFault(fault);
        // What comes by the clock may come too late for a delivery that is over soon: it gets another one.
        for (let turn = 0; turn < TURNS && !one.struck; turn += 1) {
          await run(store, one, `${method} ${nth}, ${phase}, ${code}`);
          if (struck.has(method)) break;
        }
        if (one.struck) struck.add(method);
      }
    }),
  );
  return struck;
}

interface OpenedForTest extends AsyncDisposable {
  readonly store: Store;
}

async function openPostgres(): Promise<{ readonly open: () => Promise<OpenedForTest> } & AsyncDisposable> {
  const stores = await usePostgresStores();
  return {
    open: async () => {
      const opened = await stores.open();
      return { store: opened.store, [Symbol.asyncDispose]: () => opened.close() };
    },
    [Symbol.asyncDispose]: () => stores.close(),
  };
}

for (const name of ['SQLite', 'PostgreSQL'] as const) {
  void describe(`delivery over ${name} when one call of the store fails`, () => {
    for (const phase of ['before', 'after'] as const) {
      void it(`goes on by itself, whichever call failed ${phase} its effect`, async () => {
        await using stack = new AsyncDisposableStack();
        const postgres = name === 'PostgreSQL' ? stack.use(await openPostgres()) : undefined;
        const stores: Store[] = [];
        while (stores.length < STORES_AT_ONCE) {
          stores.push(stack.use(await (postgres?.open() ?? openTestStore())).store);
        }
        const [first] = stores;
        assert.ok(first !== undefined);
        const faults = await faultsToTry(first, phase);
        const struck = await tryAll(stores, faults);
        assert.deepEqual(
          NEEDED.filter((method) => !struck.has(method)),
          [],
        );
      });
    }
  });
}
