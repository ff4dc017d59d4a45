import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { callService } from '../../../test/api/call-service.ts';
import { addSplunk, Installation, record } from '../../../test/api/installation.ts';
import { runCommand, type CommandResult } from '../../../test/cli/run-command.ts';
import { type FakeSplunk, startFakeSplunk } from '../../../test/fake-splunk/fake-splunk.ts';
import type { RunningService } from '../../service.ts';

interface Answer {
  readonly done: boolean;
  readonly removed?: number;
  readonly effect: {
    readonly records: number;
    readonly from_record: number;
    readonly to_record: number;
    readonly obstacles: readonly { readonly kind: string }[];
  } | null;
  readonly confirm?: string;
}

describe('aegis-siem attestations prune', { timeout: 120_000 }, () => {
  const installation = new Installation();
  let splunk: FakeSplunk;
  let service: RunningService;
  let ids: readonly string[];
  before(async () => {
    splunk = await startFakeSplunk({});
    service = await installation.start({ AEGIS_SIEM_CHECKPOINT_SECONDS: '1' });
    await addSplunk(service.url, installation.key(), splunk);
    ids = await record(service.url, installation.key(), 1, 30);
    await splunk.waitFor(30);
  });
  after(async () => {
    await service.stop();
    await splunk.close();
    installation.remove();
  });

  const prune = (before: string, ...more: string[]): Promise<CommandResult> =>
    runCommand(['attestations', 'prune', '--before', before, ...more], { env: installation.env() });
  const answerOf = async (
    before: string,
    ...more: string[]
  ): Promise<Answer & { readonly code: number | null }> => {
    const { code, out, error } = await prune(before, '--json', ...more);
    assert.ok(out !== '', error);
    return { ...(JSON.parse(out) as Answer), code };
  };
  const actions = async (): Promise<readonly string[]> =>
    (await callService(service.url, installation.key(), 'GET', '/v1/audit?limit=500')).body.items.map(
      ({ action }) => action,
    );

  it('refuses a time that it cannot read or that is to come, and does nothing for one that is long ago', async () => {
    for (const [before, says] of [
      ['yesterday', /RFC 3339/],
      ['2999-01-01T00:00:00Z', /in the future/],
    ] as const) {
      const { code, error } = await prune(before);
      assert.equal(code, 2);
      assert.match(error, says);
    }
    const nothing = await prune('2001-01-01T00:00:00Z');
    assert.deepEqual([nothing.code, nothing.out], [0, 'nothing to remove\n']);
  });

  it('says what would go, takes the word for exactly that, and removes it beside the running service', async () => {
    // A stop chains what is committed, and a start begins with a look of the reconciler.
    await service.stop();
    const before = new Date().toISOString();
    service = await installation.start({ AEGIS_SIEM_CHECKPOINT_SECONDS: '1' });
    let told = await answerOf(before);
    for (const untilMs = Date.now() + 60_000; (told.effect?.obstacles.length ?? 1) > 0;) {
      assert.ok(Date.now() < untilMs, JSON.stringify(told));
      await sleep(100);
      told = await answerOf(before);
    }
    assert.ok(told.effect !== null && told.effect.records >= ids.length);
    assert.deepEqual([told.code, told.done], [1, false]);
    const wrong = await prune(before, '--confirm', '0000000000000000');
    assert.equal(wrong.code, 1);
    assert.match(wrong.error, /of another effect/);
    const human = await prune(before);
    assert.match(
      human.out,
      new RegExp(`^${told.effect.records} records, numbers 1 to ${told.effect.to_record} `),
    );
    assert.match(human.error, new RegExp(`Nothing was removed. To remove it: --confirm ${told.confirm}`));
    assert.ok(!(await actions()).includes('attestations.pruned'));
    assert.equal((await find(ids[0])).status, 200);

    const done = await answerOf(before, '--confirm', told.confirm ?? '');
    assert.deepEqual([done.code, done.done, done.removed], [0, true, told.effect.records]);
    assert.equal((await find(ids[0])).status, 404);
    assert.equal((await actions()).filter((action) => action === 'attestations.pruned').length, 1);
    const more = await record(service.url, installation.key(), 2, 3);
    await splunk.waitFor(33);
    assert.equal((await find(more[0])).status, 200);
  });

  it('leaves a store that "verify --store" proves, with what was removed named', async () => {
    const env = installation.env();
    const untilMs = Date.now() + 30_000;
    for (;;) {
      const { code, out } = await runCommand(['verify', '--store'], { env });
      if (code === 0 && /0 are not chained/.test(out)) {
        assert.match(out, /note pruned: \d+ records with numbers 1 to \d+ were removed on purpose by cli:/);
        return;
      }
      assert.ok(Date.now() < untilMs, out);
      await sleep(500);
    }
  });

  const find = (id: string | undefined) =>
    callService(service.url, installation.key(), 'GET', `/v1/attestations/${id ?? ''}`);
});
