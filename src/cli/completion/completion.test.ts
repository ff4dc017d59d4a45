/** The scripts are run by the shells that are here; a shell that is not is skipped with its name. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { runCommand } from '../../../test/cli/run-command.ts';
import { COMMANDS } from '../commands.ts';
import { completionPlaces } from './completion-words.ts';

function has(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).status === 0;
}

async function scriptOf(shell: string): Promise<string> {
  const { code, out, error } = await runCommand(['completion', shell]);
  assert.equal(code, 0, error);
  return out;
}

/** What bash offers for these words; the last one is being typed. */
async function bashOffers(...words: readonly string[]): Promise<readonly string[]> {
  const script = `${await scriptOf('bash')}
COMP_WORDS=(aegis-siem ${words.map((word) => JSON.stringify(word)).join(' ')}); COMP_CWORD=${words.length}
_aegis_siem; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.split('\n').filter((line) => line !== '');
}

test('every command and every option of the table can be completed', () => {
  const places = completionPlaces(COMMANDS);
  for (const { name, options } of COMMANDS) {
    const place = places.find(({ words }) => words === name);
    assert.ok(place !== undefined, name);
    for (const option of Object.keys(options)) {
      assert.ok(
        place.options.some(({ flag }) => flag === `--${option}`),
        `${name} --${option}`,
      );
    }
    const [first = '', second] = name.split(' ');
    const before = places.find(({ words }) => words === (second === undefined ? '' : first));
    assert.ok(
      before?.next.some(({ word }) => word === (second ?? first)),
      name,
    );
  }
});

test('bash offers commands, words of a group, and options, also after an option with a value', async (t) => {
  if (!has('bash')) return t.skip('no bash here');
  assert.deepEqual(await bashOffers('dest'), ['destinations']);
  assert.ok((await bashOffers('destinations', '')).includes('pause'));
  assert.deepEqual(await bashOffers('destinations', 'cre'), ['create']);
  assert.deepEqual(await bashOffers('destinations', 'create', '--na'), ['--name']);
  assert.deepEqual(await bashOffers('destinations', 'create', '--name', 'serve', '--worksp'), [
    '--workspace',
  ]);
  assert.deepEqual(await bashOffers('destinations', 'create', '--name', ''), [], 'a value is not guessed');
  return undefined;
});

test('bash completes the name of a file where an option takes one', async (t) => {
  if (!has('bash')) return t.skip('no bash here');
  assert.deepEqual(await bashOffers('serve', '--config', 'package.j'), ['package.json']);
  return undefined;
});

for (const [shell, check] of [
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
] as const) {
  test(`${shell} takes the script without a complaint`, async (t) => {
    if (!has(shell)) return t.skip(`no ${shell} here`);
    const script = await scriptOf(shell);
    const { status, stderr } = spawnSync(shell, [...check, '-c', script], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
    return undefined;
  });
}

test('fish offers the words of a group and the options of a command', async (t) => {
  if (!has('fish')) return t.skip('no fish here');
  const script = `${await scriptOf('fish')}
complete -C 'aegis-siem destinations '
complete -C 'aegis-siem destinations create --na'`;
  const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' });
  const offered = stdout.split('\n').map((line) => line.split('\t')[0]);
  assert.ok(offered.includes('pause'), stderr);
  assert.ok(offered.includes('--name'), stdout);
  return undefined;
});

test('zsh offers the words of a group, with what they mean', async (t) => {
  if (!has('zsh')) return t.skip('no zsh here');
  const script = `compdef() { :; }
${await scriptOf('zsh')}
_describe() { print -l -- "\${reply[@]}"; }
words=(aegis-siem destinations ''); CURRENT=3; _aegis_siem`;
  const { status, stdout, stderr } = spawnSync('zsh', ['-f', '-c', script], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^pause:Stop sending/m);
  return undefined;
});

test('another shell is refused by name', async () => {
  const { code, error } = await runCommand(['completion', 'tcsh']);
  assert.equal(code, 2);
  assert.match(error, /"tcsh" is not bash, zsh or fish/);
});
