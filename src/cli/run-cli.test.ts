import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommand } from '../../test/cli/run-command.ts';
import { COMMANDS } from './commands.ts';

/** What a command line answers: exit status, and what stderr (or, where the status is 0, stdout) says. */
const CONTRACT: readonly (readonly [string, number, RegExp])[] = [
  ['', 0, /Commands:\n {2}demo /],
  ['help', 0, /Commands:/],
  ['--help', 0, /Commands:/],
  ['-h', 0, /Commands:/],
  ['help map', 0, /^Show attestations[^]*Examples:[^]*Usage: aegis-siem map \[options\] \[FILE\]/],
  ['map --help', 0, /Usage: aegis-siem map/],
  ['destinations create -h', 0, /never from a flag/],
  ['help destinations', 0, /Commands of destinations:[^]*destinations rm/],
  ['destinations --help', 0, /Commands of destinations:/],
  ['version', 0, /^\d+\.\d+\.\d+\n$/],
  ['--version', 0, /^\d+\.\d+\.\d+\n$/],
  ['version --json', 0, /"version": "\d/],
  ['config print', 0, /AEGIS_SIEM_PORT +default +8600/],
  ['config print --port 9000', 0, /AEGIS_SIEM_PORT +flag +9000/],
  ['help nosuch', 2, /no command "nosuch"; see "aegis-siem help"/],
  ['mpa', 2, /did you mean "map"\?/],
  ['replai', 2, /no command "replai"/],
  ['replay', 2, /replay needs a word; one of: replay start, /],
  ['replay start x', 2, /name one: --from/],
  ['replay start x --from a --missing-since b', 2, /name one: --from/],
  ['destinations', 2, /destinations needs a word; one of: destinations ls, /],
  ['destinations list', 2, /destinations has no "list"/],
  ['serve --prot 1', 2, /did you mean --port\?/],
  ['map --zzz', 2, /Unknown option '--zzz'; see "aegis-siem help map"/],
  ['map --class', 2, /--class/],
  ['map a b', 2, /map does not take "b"/],
  ['destinations show', 2, /destinations show needs NAME\|ID/],
  ['map --class 2005', 2, /--class 2005: it must be one of 2001, 2004, 6003/],
  ['map --ocsf-version 1.0.0', 2, /--ocsf-version 1\.0\.0: it must be one of 1\.1\.0, /],
  ['map nosuch.ndjson', 2, /nosuch\.ndjson cannot be read \(ENOENT\)/],
  ['serve --port 99999', 2, /--port: must be from 0 to 65535, not 99999/],
  ['serve --store mysql://db/x', 2, /--store: must begin with/],
  ['outbox --url ftp://x', 2, /"ftp:\/\/x" is not an http or https address/],
  ['outbox --key-file /nonexistent/key', 4, /--key-file: the key file \/nonexistent\/key cannot be read/],
  ['outbox --key-file /', 4, /cannot be read \(EISDIR: it must be a file that this user may read\)/],
  ['destinations create --config - --credentials -', 2, /cannot both be "-": stdin holds one of them/],
  ['outbox --key-file /nonexistent/key', 4, /"aegis-siem serve" makes one at its first start/],
  ['destinations create --name x', 2, /--workspace is needed \(Workspace whose decisions it gets\)/],
  ['map /dev/null', 1, /\/dev\/null: There is no record in it\./],
  ['validate /dev/null', 1, /\/dev\/null: There is no record in it\./],
  ['dead-letters skip 1', 2, /--reason is needed/],
  ['dead-letters retry', 2, /name the dead letters: ids, or a filter \(--destination, --code, /],
  ['dead-letters retry 1 --code x', 2, /either ids or a filter/],
  ['demo --splunk-url x', 2, /"x" is not an http or https address/],
  ['demo --splunk-url http://127.0.0.1:1', 2, /needs the HEC token/],
  ['demo --splunk-index x', 2, /--splunk-index needs --splunk-url/],
];

for (const [line, code, says] of CONTRACT) {
  test(`"aegis-siem ${line}" ends with ${code} and says ${says.source}`, async () => {
    const result = await runCommand(line.split(' ').filter((word) => word !== ''));
    assert.equal(result.code, code, result.error);
    assert.match(code === 0 ? result.out : result.error, says);
    assert.equal(code === 0 ? result.error : result.out, '', 'nothing on the other stream');
  });
}

test('a service that does not answer ends with 3 and says how to start one', async () => {
  const result = await runCommand(['outbox', '--url', 'http://127.0.0.1:1'], {
    env: { AEGIS_SIEM_API_KEY: 'aegis_secret-of-mine' },
  });
  assert.equal(result.code, 3);
  assert.match(result.error, /no answer from http:\/\/127\.0\.0\.1:1 .*aegis-siem serve/);
  assert.doesNotMatch(result.error, /secret-of-mine/);
});

test('every command has an example that names it, a summary, and options with help', () => {
  for (const { name, summary, examples, options } of COMMANDS) {
    assert.ok(summary.length > 10, name);
    assert.ok(examples.length > 0, name);
    for (const example of examples) assert.ok(example.includes(`aegis-siem ${name}`), `${name}: ${example}`);
    for (const [flag, { help }] of Object.entries(options)) assert.ok(help.length > 5, `${name} --${flag}`);
  }
});

test('only the demo takes a secret as a flag, and says what that costs', () => {
  const secret = /token|secret|password|credential$/;
  const found = COMMANDS.flatMap(({ name, options }) =>
    Object.entries(options)
      .filter(([flag, { value }]) => secret.test(flag) && value !== 'FILE' && !flag.endsWith('-file'))
      .map(([flag, { help }]) => ({ name, flag, help })),
  );
  assert.deepEqual(
    found.map(({ name, flag }) => `${name} --${flag}`),
    ['demo --splunk-token'],
  );
  assert.match(found[0]?.help ?? '', /seen by others/);
});
