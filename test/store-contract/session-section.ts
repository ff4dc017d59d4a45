import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Session } from '../../src/store/session-store.ts';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import { auditRecord, newWorkspace } from './store-fixtures.ts';

const NOW = 1_795_500_000_000;
const MANY = { maxOfActor: 100 };

export function sessionSection(factory: StoreFactory): void {
  describeSection(factory, 'sessions', (section) => {
    section.test('keeps sessions as given, each with its audit record, and finds them by hash', async () => {
      const { sessions, admin } = section.store;
      const workspaceId = newWorkspace();
      const bound = session({ workspaceId });
      const free = session({ scopes: ['admin'] });
      await sessions.createSession(bound, auditRecord(workspaceId), MANY);
      await sessions.createSession(free, auditRecord(workspaceId), MANY);
      assert.deepEqual(await sessions.readSession(bound.sessionSha256), bound);
      assert.deepEqual(await sessions.readSession(free.sessionSha256), free);
      assert.equal(await sessions.readSession('unknown'), undefined);
      assert.equal((await admin.listAudit({ workspaceId }, { limit: 9 })).items.length, 2);
    });

    section.test('moves the end of an idle session forward, never back', async () => {
      const { sessions } = section.store;
      const made = session({});
      await sessions.createSession(made, auditRecord(newWorkspace()), MANY);
      await sessions.touchSession(made.sessionSha256, NOW + 9_000);
      await sessions.touchSession(made.sessionSha256, NOW + 8_000);
      assert.equal((await sessions.readSession(made.sessionSha256))?.idleUntilMs, NOW + 9_000);
    });

    section.test('ends a session once, with one audit record', async () => {
      const { sessions, admin } = section.store;
      const workspaceId = newWorkspace();
      const made = session({});
      await sessions.createSession(made, auditRecord(newWorkspace()), MANY);
      assert.equal(await sessions.endSession(made.sessionSha256, auditRecord(workspaceId)), true);
      assert.equal(await sessions.endSession(made.sessionSha256, auditRecord(workspaceId)), false);
      assert.equal(await sessions.readSession(made.sessionSha256), undefined);
      assert.equal((await admin.listAudit({ workspaceId }, { limit: 9 })).items.length, 1);
    });

    section.test('lists those in force, of a workspace, of an actor or all, a page at a time', async () => {
      const { sessions } = section.store;
      const [workspaceId, actor] = [newWorkspace(), `person:${randomUUID()}`];
      const keep = async (given: Partial<Session>): Promise<Session> => {
        const made = session({ workspaceId, ...given });
        await sessions.createSession(made, auditRecord(workspaceId), MANY);
        return made;
      };
      const mine = await keep({ actor, createdAtMs: NOW + 1 });
      const other = await keep({ createdAtMs: NOW + 2 });
      const elsewhere = await keep({ actor, workspaceId: newWorkspace(), createdAtMs: NOW + 3 });
      const over = await keep({ actor, createdAtMs: NOW - 20, idleUntilMs: NOW + 10 });
      const hashes = async (choice: { readonly actor?: string; readonly workspaceId?: string }) =>
        (await sessions.listSessions(choice, NOW + 10, { limit: 10 })).items.map((one) => one.sessionSha256);
      assert.deepEqual(await hashes({ workspaceId }), [mine.sessionSha256, other.sessionSha256]);
      assert.deepEqual(await hashes({ actor }), [mine.sessionSha256, elsewhere.sessionSha256]);
      assert.deepEqual(await hashes({ actor, workspaceId }), [mine.sessionSha256]);
      assert.ok(!(await hashes({})).includes(over.sessionSha256));
      const first = await sessions.listSessions({ workspaceId }, NOW + 10, { limit: 1 });
      assert.deepEqual(first.items, [mine]);
      const next = await sessions.listSessions({ workspaceId }, NOW + 10, {
        limit: 1,
        ...(first.nextCursor === undefined ? {} : { cursor: first.nextCursor }),
      });
      assert.deepEqual([next.items, next.nextCursor], [[other], undefined]);
    });

    section.test(
      'ends the sessions of an actor or of a workspace, with one record that counts them',
      async () => {
        const { sessions, admin } = section.store;
        const [workspaceId, actor] = [newWorkspace(), `person:${randomUUID()}`];
        const keep = async (given: Partial<Session>): Promise<Session> => {
          const made = session({ workspaceId, ...given });
          await sessions.createSession(made, auditRecord(newWorkspace()), MANY);
          return made;
        };
        const [one, two, other] = [await keep({ actor }), await keep({ actor }), await keep({})];
        const elsewhere = await keep({ actor, workspaceId: newWorkspace() });
        const end = (choice: { readonly actor?: string; readonly workspaceId?: string }): Promise<number> =>
          sessions.endSessions(choice, (ended) => ({
            ...auditRecord(workspaceId),
            after: JSON.stringify({ ended }),
          }));
        const left = async (): Promise<boolean[]> => {
          const found = [one, two, other, elsewhere].map((made) => sessions.readSession(made.sessionSha256));
          return (await Promise.all(found)).map((made) => made !== undefined);
        };
        assert.equal(await end({ actor, workspaceId }), 2);
        assert.deepEqual(await left(), [false, false, true, true]);
        assert.equal(await end({ workspaceId }), 1);
        assert.deepEqual(await left(), [false, false, false, true]);
        assert.equal(await end({ actor }), 1);
        assert.equal(await end({ actor }), 0);
        const audit = await admin.listAudit({ workspaceId }, { limit: 9 });
        assert.equal(
          audit.items
            .map(({ after }) => after)
            .toSorted((one = '', other = '') => one.localeCompare(other))
            .join(),
          '{"ended":0},{"ended":1},{"ended":1},{"ended":2}',
        );
      },
    );

    section.test('clears away what is over, what is replaced, and the oldest beyond the limit', async () => {
      const { sessions } = section.store;
      const actor = `person:${randomUUID()}`;
      const add = async (given: Partial<Session>, replaces?: string): Promise<Session> => {
        const made = session({ actor, ...given });
        const limits = { maxOfActor: 2, ...(replaces === undefined ? {} : { replaces }) };
        await sessions.createSession(made, auditRecord(newWorkspace()), limits);
        return made;
      };
      const left = async (...all: readonly Session[]): Promise<boolean[]> => {
        const found = all.map((one) => sessions.readSession(one.sessionSha256));
        return (await Promise.all(found)).map((one) => one !== undefined);
      };
      const over = await add({ createdAtMs: NOW - 9_000, idleUntilMs: NOW });
      const first = await add({ createdAtMs: NOW });
      assert.deepEqual(await left(over, first), [false, true]);
      const second = await add({ createdAtMs: NOW + 1 }, first.sessionSha256);
      assert.deepEqual(await left(first, second), [false, true]);
      const third = await add({ createdAtMs: NOW + 2 });
      const fourth = await add({ createdAtMs: NOW + 2 });
      assert.deepEqual(await left(second, third, fourth), [false, true, true]);
    });
  });
}

function session(given: Partial<Session>): Session {
  return {
    sessionSha256: randomUUID().replaceAll('-', '').repeat(2),
    actor: 'person:someone',
    name: 'Someone',
    scopes: ['destinations:read'],
    createdAtMs: NOW,
    idleUntilMs: NOW + 1_000,
    expiresAtMs: NOW + 10_000,
    ...given,
  };
}
