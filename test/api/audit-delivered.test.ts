/** Every audit action that the code has, as a destination of the service's own workspace gets it. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { JsonObject } from '../../src/json.ts';
import { validateEvent } from '../../src/ocsf/validate-event.ts';
import type { RunningService } from '../../src/service.ts';
import { openStore } from '../../src/store/open-store.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { callService } from './call-service.ts';
import { Installation } from './installation.ts';

const SYSTEM = 'aegis-system';
const SOURCES = globSync('src/**/*.ts', { cwd: join(import.meta.dirname, '..', '..') })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8') }));
/** As a route or a command names what it leaves in the audit. */
const ACTION = /\b(?:action|audit): '(?<action>[a-z_]+\.[a-z_]+)'/g;
const ACTIONS = [
  ...new Set(
    SOURCES.flatMap(({ text }) => [...text.matchAll(ACTION)].map(({ groups }) => groups?.['action'] ?? '')),
  ),
].toSorted();

describe('the audit in the SIEM', { timeout: 60_000 }, () => {
  const installation = new Installation();
  let splunk: FakeSplunk;
  let service: RunningService;
  before(async () => {
    splunk = await startFakeSplunk({});
    service = await installation.start();
  });
  after(async () => {
    await service.stop();
    await splunk.close();
    installation.remove();
  });

  it('is written by one function of each store, which records the event too', () => {
    const writers = SOURCES.filter(({ text }) => /insert into (?:@schema@\.)?aegis_siem_audit\b/.test(text));
    assert.deepEqual(writers.map(({ file }) => file.replaceAll('\\', '/')).toSorted(), [
      'src/store/postgres/audit.ts',
      'src/store/sqlite/audit.ts',
    ]);
    for (const { file, text } of writers)
      assert.match(text, /recordAdminEvent\(statements, auditFacts\(/, file);
  });

  it('has each action that the code names, once, valid, and with who, what, before and after', async () => {
    assert.ok(ACTIONS.length >= 20, ACTIONS.join(', '));
    const made = await callService(service.url, installation.key(), 'POST', '/v1/siem/destinations', {
      name: 'watcher',
      workspace_id: SYSTEM,
      type: 'splunk_hec',
      config: { url: splunk.url },
      credentials: { token: splunk.token },
      ocsf: { class_uid: 2001, version: '1.9.0' },
      sources: ['admin'],
    });
    assert.equal(made.status, 201, made.text);
    await splunk.waitFor(1);
    const store = await openStore(installation.env()['AEGIS_SIEM_STORE'] ?? '');
    const ids = new Map(ACTIONS.map((action) => [action, randomUUID()]));
    for (const [action, auditId] of ids) {
      await store.admin.appendAudit({
        auditId,
        atMs: Date.now(),
        workspaceId: SYSTEM,
        actor: 'cli:tester',
        action,
        subjectId: `subject of ${action}`,
        before: '{"name":"as it was"}',
        after: '{"name":"as it is"}',
      });
    }
    await store.close();
    await splunk.waitFor(1 + ACTIONS.length);
    const told = splunk.events().map(({ event }) => event);
    for (const [action, auditId] of ids) {
      const events = told.filter((event) => (event['metadata'] as JsonObject)['uid'] === `audit:${auditId}`);
      assert.equal(events.length, 1, action);
      const [event = {}] = events;
      assert.deepEqual(validateEvent(event), [], action);
      const text = JSON.stringify(event);
      for (const part of [
        'cli:tester',
        `subject of ${action}`,
        'as it was',
        'as it is',
        action.split('.')[0] ?? '',
      ])
        assert.ok(text.includes(part), `${action} tells ${part}`);
    }
  });
});
