import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe } from 'node:test';
import type { DatabaseSync } from 'node:sqlite';
import { parseAttestation } from '../attestation/parse-attestation.ts';
import { attestationToOcsf2001 } from '../ocsf/map-attestation.ts';
import { DEFAULT_OCSF_SETTINGS } from '../ocsf/ocsf-event.ts';
import { generateAttestations } from '../../test/support/generate-attestations.ts';
import { openTestStore, storeTest } from '../../test/support/sqlite-store.ts';
import {
  addDestination,
  newWorkspace,
  openRows,
  recordSome,
  reconcileUntil,
} from '../../test/store-contract/store-fixtures.ts';
import { siemEnqueue } from './siem-enqueue.ts';
import type { StoreLogger } from './store.ts';

const SILENT: StoreLogger = { warn: () => undefined };

void describe('siemEnqueue on SQLite', () => {
  storeTest('writes the rows of an attestation that was recorded before its destination', async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    const [record] = await recordSome(open.store, workspaceId, 1);
    assert.ok(record !== undefined);
    const destination = await addDestination(open.store, workspaceId);
    let wakes = 0;
    const wake = (): void => {
      wakes += 1;
    };
    assert.deepEqual(await siemEnqueue(open.other, record.recordId, { wake }), {
      status: 'enqueued',
      rows: 1,
    });
    assert.deepEqual(await siemEnqueue(open.other, record.recordId, { wake }), {
      status: 'enqueued',
      rows: 0,
    });
    assert.equal(wakes, 1);
    assert.equal((await openRows(open.store, destination)).length, 1);
  });

  storeTest('takes another event with its own body, once', async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    const destination = await addDestination(open.store, workspaceId);
    const event = anEvent();
    assert.deepEqual(await siemEnqueue(open.other, { workspace_id: workspaceId, event }), {
      status: 'enqueued',
      rows: 1,
    });
    assert.deepEqual(await siemEnqueue(open.other, { workspace_id: workspaceId, event }), {
      status: 'enqueued',
      rows: 0,
    });
    const [row] = await openRows(open.store, destination);
    assert.equal(row?.source, 'event');
    assert.equal(row.body, JSON.stringify(event));
    const changed = await siemEnqueue(open.other, {
      workspace_id: workspaceId,
      event: { ...event, message: 'changed' },
    });
    assert.equal(changed.status === 'rejected' && changed.refusal.code, 'id_conflict');
    assert.equal(changed.status === 'rejected' && changed.refusal.pointer, '/event/metadata/uid');
  });

  storeTest('rejects an event that is none, with code and pointer', async () => {
    await using open = await openTestStore();
    const event = anEvent();
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    const cases: readonly [object, string, string][] = [
      [{ event }, 'missing_field', '/workspace_id'],
      [{ workspace_id: 'ws', event: [] }, 'wrong_type', '/event'],
      [{ workspace_id: 'ws', event: cycle }, 'not_json', '/event'],
      [{ workspace_id: 'ws', event: { ...event, metadata: {} } }, 'missing_uid', '/event/metadata/uid'],
      [{ workspace_id: 'ws', event: { ...event, message: 'a\u0000b' } }, 'nul_character', '/event/message'],
      [{ workspace_id: 'ws', event: { ...event, message: '\ud800' } }, 'lone_surrogate', '/event/message'],
      [
        { workspace_id: 'ws', event: { ...event, class_uid: 424_242 } },
        'ocsf_unknown_class',
        '/event/class_uid',
      ],
      [
        { workspace_id: 'ws', event: { ...event, message: 'x'.repeat(300_000) } },
        'record_too_large',
        '/event',
      ],
    ];
    for (const [input, code, pointer] of cases) {
      const result = await siemEnqueue(open.other, input as { workspace_id: string; event: object });
      assert.equal(result.status, 'rejected', code);
      assert.deepEqual({ code: result.refusal.code, pointer: result.refusal.pointer }, { code, pointer });
    }
    assert.deepEqual(open.rows('select * from aegis_siem_events'), []);
  });

  storeTest("fails without touching the caller's transaction, and leaves a note", async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    await addDestination(open.store, workspaceId);
    const event = anEvent();
    const warnings: unknown[] = [];
    open.exec('create table own (n integer)');
    open.exec(`create trigger b before insert on aegis_siem_outbox begin select raise(abort, 'broken'); end`);
    open.exec('begin immediate; insert into own values (1)');
    const result = await siemEnqueue(
      open.other,
      { workspace_id: workspaceId, event },
      { logger: { warn: (fields) => warnings.push(fields) } },
    );
    open.exec('commit');
    assert.equal(result.status, 'failed');
    assert.ok(warnings.length > 0);
    assert.deepEqual(open.rows('select n from own'), [{ n: 1 }]);
    open.exec('drop trigger b');
    assert.equal((await reconcileUntil(open.store, async () => true)).missed, 1);
  });

  storeTest('answers attestation_not_found for an id that was never recorded', async () => {
    await using open = await openTestStore();
    const result = await siemEnqueue(open.other, randomUUID(), { logger: SILENT });
    assert.equal(result.status === 'failed' && result.code, 'attestation_not_found');
  });

  storeTest('answers store_locked while another holds the lock', async () => {
    await using open = await openTestStore({ busyTimeoutMs: 20 });
    const [record] = await recordSome(open.store, newWorkspace(), 1);
    const { DatabaseSync } = await import('node:sqlite');
    const mine = new DatabaseSync(open.path, { timeout: 20 });
    open.exec('begin immediate');
    const result = await siemEnqueue(mine, record?.recordId ?? '', { logger: SILENT });
    assert.equal(result.status === 'failed' && result.code, 'store_locked');
    open.exec('rollback');
    mine.close();
  });

  storeTest("answers transaction_lost when a trigger rolled the caller's transaction back", async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    const [record] = await recordSome(open.store, workspaceId, 1);
    await addDestination(open.store, workspaceId);
    open.exec(
      `create trigger b before insert on aegis_siem_outbox begin select raise(rollback, 'broken'); end`,
    );
    open.exec('begin immediate');
    const result = await siemEnqueue(open.other, record?.recordId ?? '', { logger: SILENT });
    assert.equal(result.status, 'transaction_lost');
  });

  storeTest('never rejects, whatever it is given', async () => {
    await using open = await openTestStore();
    open.other.exec('select 1');
    const closed = await openTestStore();
    await closed[Symbol.asyncDispose]();
    const subjects: unknown[] = [undefined, null, 7, '', {}, [], { workspace_id: 'w', event: null }];
    for (const tx of [undefined, {}, closed.other, open.other]) {
      for (const subject of subjects) {
        const result = await siemEnqueue(tx as DatabaseSync, subject as string, { logger: SILENT });
        assert.match(result.status, /^(?:failed|rejected)$/);
      }
    }
  });
});

/** A valid OCSF event, made from an attestation. */
function anEvent(): Record<string, unknown> {
  const [text = ''] = [...generateAttestations({ seed: 11, count: 1 })];
  const parsed = parseAttestation(text);
  assert.ok(parsed.ok);
  return JSON.parse(
    JSON.stringify(attestationToOcsf2001(parsed.attestation, DEFAULT_OCSF_SETTINGS)),
  ) as Record<string, unknown>;
}
