/**
 * `attestations prune` as a real process that is killed (kill -9) before its mark, at its mark and between its steps, again and
 * again: each time the store is proved, nothing outside of the plan is gone, and the next run goes on.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { Client } from 'pg';
import { Installation, record } from '../api/installation.ts';
import { runCommand, spawnCommand } from '../cli/run-command.ts';
import { cleanEnvironment } from '../support/clean-environment.ts';
import { usePostgres } from '../support/postgres.ts';

const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli.ts');
/** Ten steps of the command: enough for several kills between them. */
const RECORDS = 5_000;
const RECORDS_AT_ONCE = 500;
/** Recorded later than what is removed. */
const LATER_RECORDS = 40;
const LEAST_KILLS_BETWEEN_STEPS = 1;
const MOST_KILLS_BETWEEN_STEPS = 4;

/** What is in the store, seen from beside the product. */
interface Look {
  readonly marks: number;
  /** At or below the mark, or the end of the plan. */
  readonly below: number;
  readonly above: number;
  readonly audited: number;
}

type Ask = (toRecordNo: number) => Promise<Look>;

const LOOK = (to: string): string => `select
  (select count(*) from aegis_siem_prune_marks) as marks,
  (select count(*) from aegis_siem_attestations where record_no <= ${to})
    + (select count(*) from aegis_siem_events where record_no <= ${to}) as below,
  (select count(*) from aegis_siem_attestations where record_no > ${to}) as above,
  (select count(*) from aegis_siem_audit where action = 'attestations.pruned') as audited`;

function lookOf(row: Readonly<Record<string, unknown>> | undefined): Look {
  const { marks, below, above, audited } = row ?? {};
  return { marks: Number(marks), below: Number(below), above: Number(above), audited: Number(audited) };
}

/** Asks over one connection of its own, so that a look takes a millisecond. */
async function openAsk(url: string): Promise<{ readonly ask: Ask } & AsyncDisposable> {
  if (url.startsWith('sqlite:')) {
    const database = new DatabaseSync(url.slice('sqlite:'.length), { readOnly: true, timeout: 10_000 });
    const statement = database.prepare(LOOK('?1'));
    return {
      ask: async (to) => lookOf(statement.get(to)),
      [Symbol.asyncDispose]: async () => database.close(),
    };
  }
  const client = new Client({ connectionString: url });
  await client.connect();
  return {
    ask: async (to) =>
      lookOf((await client.query<Record<string, unknown>>(LOOK('$1::bigint'), [to])).rows[0]),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

for (const storeName of ['sqlite', 'postgres'] as const) {
  test(
    `a prune that is killed anywhere is explained, and finished by the next run (${storeName})`,
    { timeout: 300_000 },
    async (t) => {
      const installation = new Installation();
      const postgres = storeName === 'postgres' ? await usePostgres() : undefined;
      t.after(async () => {
        await postgres?.close();
        installation.remove();
      });
      const more: Record<string, string> = {
        AEGIS_SIEM_KEY_FILE: installation.file('master-key'),
        AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key'),
        ...(postgres === undefined ? {} : { AEGIS_SIEM_STORE: postgres.url }),
      };
      const env = installation.env(more);
      // A stop chains what was recorded: the first records and the later ones have links of their own.
      const fill = async (seed: number, count: number): Promise<void> => {
        const service = await installation.start(more);
        for (let done = 0; done < count; done += RECORDS_AT_ONCE)
          await record(service.url, installation.key(), seed + done, Math.min(RECORDS_AT_ONCE, count - done));
        await service.stop();
      };
      await fill(1, RECORDS);
      const before = new Date().toISOString();
      await fill(100_001, LATER_RECORDS);

      const words = ['attestations', 'prune', '--before', before];
      const startedMs = performance.now();
      const told = await spawnCommand([...words, '--json'], { env });
      const planMs = performance.now() - startedMs;
      const { effect, confirm } = JSON.parse(told.out) as {
        readonly effect: { readonly records: number; readonly to_record: number };
        readonly confirm: string;
      };
      assert.ok(effect.records >= RECORDS, told.out);
      await using asking = await openAsk(env['AEGIS_SIEM_STORE'] ?? '');
      const look = (): Promise<Look> => asking.ask(effect.to_record);
      const whole = await look();
      assert.deepEqual([whole.marks, whole.below], [0, effect.records]);
      assert.ok(whole.above >= LATER_RECORDS);

      /** Begins the command and kills it as soon as `isTime` says so; answers whether it was still at work. */
      const killWhen = async (isTime: (seen: Look) => boolean, afterMs = 0): Promise<boolean> => {
        const child = spawn(process.execPath, [CLI, ...words, '--confirm', confirm], {
          env: { ...cleanEnvironment(), ...env },
          stdio: 'ignore',
        });
        const exited = once(child, 'exit');
        await Promise.race([sleep(afterMs), exited]);
        while (child.exitCode === null && !isTime(await look())) await sleep(0);
        child.kill('SIGKILL');
        const [, signal] = (await exited) as [number | null, string | null];
        return signal === 'SIGKILL';
      };
      const judge = async (when: string): Promise<Look> => {
        const seen = await look();
        assert.equal(seen.above, whole.above, `${when}: nothing outside of the plan is gone`);
        assert.ok(
          seen.marks === 1 || seen.below === effect.records,
          `${when}: nothing is gone without a mark`,
        );
        assert.equal(seen.audited, seen.marks, `${when}: the mark has its audit record`);
        const verified = await runCommand(['verify', '--store'], { env });
        assert.equal(verified.code, 0, `${when}: ${verified.out}${verified.error}`);
        if (seen.below < effect.records) assert.match(verified.out, /note pruned: /, when);
        return seen;
      };

      // Before the mark: as late as a run that only plans takes, and somewhat earlier.
      for (const share of [0.6, 0.8, 1]) {
        if ((await look()).marks > 0) break;
        await killWhen(() => true, planMs * share);
        await judge(`killed after ${share} of the time of a plan`);
      }
      if ((await look()).marks === 0) {
        await killWhen(({ marks }) => marks === 1);
        await judge('killed at the mark');
      }
      let between = 0;
      for (
        let seen = await look();
        seen.below > 0 && between < MOST_KILLS_BETWEEN_STEPS;
        seen = await look()
      ) {
        const from = seen.below;
        if (!(await killWhen(({ below }) => below < from))) break;
        const left = (await judge('killed between two steps')).below;
        assert.ok(left < from, 'each run goes on');
        if (left > 0) between += 1;
      }
      assert.ok(between >= LEAST_KILLS_BETWEEN_STEPS, `${between} kills between two steps`);
      t.diagnostic(`kills between two steps ${between}`);

      const last = await spawnCommand(words, { env });
      assert.deepEqual([last.code, /nothing to remove/.test(last.out)], [0, true], last.out + last.error);
      const end = await judge('at the end');
      assert.deepEqual([end.marks, end.below], [1, 0]);
      const verified = await runCommand(['verify', '--store'], { env });
      assert.match(
        verified.out,
        new RegExp(`note pruned: ${effect.records} records with numbers 1 to ${effect.to_record} `),
      );
    },
  );
}
