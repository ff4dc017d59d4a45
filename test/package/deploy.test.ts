/** The files of deploy/ are started by nobody here: at least what they name exists. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.ts';
import { SETTING_ENTRIES } from '../../src/settings/settings-schema.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FILES = globSync('deploy/**/*', { cwd: ROOT, exclude: ['**/README.md'] }).filter((path) =>
  /\.(?:service|yaml)$|Containerfile$/.test(path),
);
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const VARIABLES = new Set([...SETTING_ENTRIES.map(([, { name }]) => name), 'AEGIS_SIEM_CONFIG']);

for (const path of FILES) {
  test(`${path} names settings, commands and options that exist, and says that it is not run here`, () => {
    const text = read(path);
    for (const [name] of text.matchAll(/AEGIS_SIEM_[A-Z_]+/g)) {
      assert.ok(VARIABLES.has(name), `${name} is a setting`);
    }
    const used = [
      ...text.matchAll(
        /(?:cli\.js'?,? '?|bin\/aegis-siem |(?:args|command|CMD):? \[['"])(?<command>serve|worker|[a-z-]+)/g,
      ),
    ];
    for (const { groups } of used) {
      const word = groups?.['command'] ?? '';
      if (word === 'node') continue;
      const command = COMMANDS.find(({ name }) => name === word);
      assert.ok(command !== undefined, `${word} is a command`);
      for (const [, option = ''] of text.matchAll(new RegExp(`${word}['"]?,? ['"]?--([a-z-]+)`, 'g'))) {
        assert.ok(option in command.options, `--${option} is an option of ${word}`);
      }
    }
    if (/worker|api|Containerfile|siem\.service/.test(path))
      assert.ok(used.length > 0, 'a command was found');
    if (!path.endsWith('.service'))
      assert.match(text, /[Nn]ot (?:built|started) by this project|to no cluster|address/);
    assert.ok(!/(?:PASSWORD|TOKEN|SECRET)=[^$%\s]/i.test(text), 'no secret stands in it');
  });
}

test('whatever runs the product runs it without root, without capabilities and on a read-only root', () => {
  assert.match(read('deploy/Containerfile'), /^USER 10001:10001$/m);
  assert.match(read('deploy/Containerfile'), /^HEALTHCHECK /m);
  const compose = read('deploy/compose.yaml');
  for (const line of [
    "user: '10001:10001'",
    'read_only: true',
    'cap_drop: [ALL]',
    'no-new-privileges:true',
  ]) {
    assert.ok(compose.includes(line), line);
  }
  for (const path of ['deploy/kubernetes/api.yaml', 'deploy/kubernetes/worker.yaml']) {
    for (const line of [
      'runAsNonRoot: true',
      'readOnlyRootFilesystem: true',
      'allowPrivilegeEscalation: false',
      'drop: [ALL]',
      'automountServiceAccountToken: false',
    ]) {
      assert.ok(read(path).includes(line), `${path}: ${line}`);
    }
  }
});

const analyze = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' }).status === 0;
/** Of `systemd-analyze security`: 0 is safest. A plain unit has 9.6. */
const MOST_EXPOSED = 2.5;

for (const path of FILES.filter((file) => file.endsWith('.service'))) {
  test(
    `${path} is a unit that systemd understands and finds hardened`,
    { skip: analyze ? false : 'systemd-analyze is not here' },
    (t) => {
      const verify = spawnSync('systemd-analyze', ['verify', '--recursive-errors=no', join(ROOT, path)], {
        encoding: 'utf8',
      });
      const complaints = verify.stderr
        .split('\n')
        .filter((line) => line.includes('aegis-siem') && !/is not executable|No such file/.test(line));
      assert.deepEqual(complaints, [], verify.stderr);
      const security = spawnSync(
        'systemd-analyze',
        ['security', '--offline=yes', '--no-pager', join(ROOT, path)],
        {
          encoding: 'utf8',
        },
      );
      const level = /Overall exposure level for \S+: (?<level>[\d.]+)/.exec(security.stdout)?.groups?.[
        'level'
      ];
      if (level === undefined)
        return t.skip(`systemd-analyze security did not answer: ${security.stderr.trim()}`);
      assert.ok(Number(level) <= MOST_EXPOSED, `exposure ${level}\n${security.stdout}`);
      return undefined;
    },
  );
}
