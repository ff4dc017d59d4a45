import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExportWatch } from './export-watch.ts';

test('a receiver that fails is told once, and once that it takes again; each answer goes on to the SDK', () => {
  const lines: string[] = [];
  const answers: number[] = [];
  const watch = new ExportWatch({
    info: ({ signal, failures }) => void lines.push(`again ${String(signal)} after ${String(failures)}`),
    warn: ({ signal, why }) => void lines.push(`fails ${String(signal)}: ${String(why)}`),
  });
  const done = watch.watched('traces', ({ code }) => void answers.push(code));
  const error = new Error('connect ECONNREFUSED');
  for (const code of [0, 1, 1, 1, 0, 0]) done(code === 0 ? { code } : { code, error });
  watch.watched('metrics', () => undefined)({ code: 1 });
  assert.deepEqual(lines, ['fails traces: connect ECONNREFUSED', 'again traces after 3', 'fails metrics: ']);
  assert.deepEqual(answers, [0, 1, 1, 1, 0, 0]);
});
