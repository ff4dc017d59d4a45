import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { ApiKey } from '../../src/store/admin-store.ts';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import { addDestination, auditRecord, newWorkspace } from './store-fixtures.ts';

export function adminSection(factory: StoreFactory): void {
  describeSection(factory, 'administration', (section) => {
    section.test('keeps API keys as given and finds them by id', async () => {
      const { store } = section;
      assert.equal(await store.admin.hasApiKeys(), false);
      const workspaceId = newWorkspace();
      const key = apiKey({ workspaceId, expiresAtMs: 1_900_000_000_000 });
      const admin = apiKey({ scopes: ['admin'] });
      await store.admin.createApiKey(key, auditRecord(workspaceId));
      await store.admin.createApiKey(admin, auditRecord('aegis-system'));
      assert.equal(await store.admin.hasApiKeys(), true);
      assert.deepEqual(await store.admin.readApiKey(key.apiKeyId), key);
      assert.deepEqual(await store.admin.readApiKey(admin.apiKeyId), admin);
      assert.equal(await store.admin.readApiKey('unknown'), undefined);
      await store.admin.touchApiKey(key.apiKeyId, 1_795_500_000_009);
      assert.equal((await store.admin.readApiKey(key.apiKeyId))?.lastUsedAtMs, 1_795_500_000_009);
    });

    section.test('lists the API keys of a workspace in pages', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const keys = [1, 2, 3].map((at) => apiKey({ workspaceId, createdAtMs: at }));
      for (const key of keys) await store.admin.createApiKey(key, auditRecord(workspaceId));
      const first = await store.admin.listApiKeys({ workspaceId }, { limit: 2 });
      assert.deepEqual(first.items, keys.slice(0, 2));
      assert.ok(first.nextCursor !== undefined);
      const second = await store.admin.listApiKeys({ workspaceId }, { limit: 2, cursor: first.nextCursor });
      assert.deepEqual(second, { items: keys.slice(2) });
    });

    section.test('revokes an API key once, and only within its workspace', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const key = apiKey({ workspaceId });
      await store.admin.createApiKey(key, auditRecord(workspaceId));
      const audit = auditRecord(workspaceId, { atMs: 1_795_500_000_777 });
      const elsewhere = { workspaceId: newWorkspace() };
      assert.equal(await store.admin.revokeApiKey(key.apiKeyId, elsewhere, auditRecord(workspaceId)), false);
      assert.equal(await store.admin.revokeApiKey(key.apiKeyId, { workspaceId }, audit), true);
      assert.equal((await store.admin.readApiKey(key.apiKeyId))?.revokedAtMs, 1_795_500_000_777);
      assert.equal(await store.admin.revokeApiKey(key.apiKeyId, {}, auditRecord(workspaceId)), false);
    });

    section.test('keeps the audit with everything in it, newest first, in pages', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const written = [1, 2, 3].map((atMs) =>
        auditRecord(workspaceId, { atMs, requestId: `req-${atMs}`, before: '{"a":1}', after: '{"a":2}' }),
      );
      for (const audit of written) await store.admin.appendAudit(audit);
      const first = await store.admin.listAudit({ workspaceId }, { limit: 2 });
      assert.deepEqual(first.items, [written[2], written[1]]);
      assert.ok(first.nextCursor !== undefined);
      const second = await store.admin.listAudit({ workspaceId }, { limit: 2, cursor: first.nextCursor });
      assert.deepEqual(second, { items: [written[0]] });
      assert.deepEqual(
        (await store.admin.listAudit({ workspaceId: newWorkspace() }, { limit: 2 })).items,
        [],
      );
    });

    section.test('finds the audit by subject, actor, action and time, each in pages', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const [subjectId, actor, action] = [randomUUID(), `api_key:${randomUUID()}`, `test.${workspaceId}`];
      const written = [5, 3, 4].map((atMs) => auditRecord(workspaceId, { atMs, subjectId, actor, action }));
      const others = [3, 4].map((atMs) => auditRecord(workspaceId, { atMs }));
      for (const audit of [...written, ...others]) await store.admin.appendAudit(audit);
      const byTime = [written[0], written[2], written[1]];
      for (const filter of [
        { subjectId },
        { actor },
        { action },
        { workspaceId, subjectId, actor, action },
      ]) {
        const first = await store.admin.listAudit(filter, { limit: 2 });
        assert.deepEqual(first.items, byTime.slice(0, 2), Object.keys(filter).join());
        assert.ok(first.nextCursor !== undefined);
        const second = await store.admin.listAudit(filter, { limit: 2, cursor: first.nextCursor });
        assert.deepEqual(second, { items: byTime.slice(2) });
      }
      const within = { workspaceId, actor, fromMs: 4, beforeMs: 5 };
      assert.deepEqual(await store.admin.listAudit(within, { limit: 9 }), { items: [written[2]] });
      const elsewhere = { workspaceId: newWorkspace(), subjectId };
      assert.deepEqual(await store.admin.listAudit(elsewhere, { limit: 9 }), { items: [] });
    });

    section.test('writes nothing of a change whose audit record cannot be written', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const audit = auditRecord(workspaceId);
      await store.admin.appendAudit(audit);
      const destination = await addDestination(store, workspaceId);
      await assert.rejects(
        store.admin.updateDestination(destination.destinationId, undefined, { name: 'new' }, audit),
      );
      assert.deepEqual(await store.admin.readDestination(destination.destinationId, {}), destination);
    });

    section.test(
      'names the keys of all sealed values, and forgets those of a deleted destination',
      async () => {
        const { store } = section;
        const workspaceId = newWorkspace();
        const sealed = { token: 'v1.key-old.AAAA', client_key_pem: 'v1.key-new.BBBB' };
        const destination = await addDestination(store, workspaceId, { sealed });
        const before = await store.admin.sealedKeyIds();
        assert.ok(before.includes('key-old') && before.includes('key-new'));
        assert.equal(new Set(before).size, before.length);
        await store.admin.deleteDestination(destination.destinationId, undefined, auditRecord(workspaceId));
        const after = await store.admin.sealedKeyIds();
        assert.ok(!after.includes('key-old') && !after.includes('key-new'));
      },
    );

    section.test('tells that it is alive, and that migrating again changes nothing', async () => {
      const { store } = section;
      await store.ping();
      const report = await store.migrate();
      assert.deepEqual(report.applied, []);
      assert.equal(report.from, report.to);
    });
  });
}

function apiKey(given: Partial<ApiKey>): ApiKey {
  return {
    apiKeyId: randomUUID(),
    name: 'a key',
    scopes: ['attestations:write', 'destinations:read'],
    secretSha256: 'aa'.repeat(32),
    createdAtMs: 1_795_500_000_000,
    ...given,
  };
}
