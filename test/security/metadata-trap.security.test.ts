/**
 * The addresses under which clouds hand out credentials, with traps behind them: in a network namespace that this test makes,
 * so that no packet leaves the machine.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const TRAPS = ['169.254.169.254', '100.100.100.200', 'fd00:ec2::254'];
const CHILD = join(import.meta.dirname, 'metadata-trap.ts');

/** New user, network and mount namespaces; the addresses of the traps on their loopback; the resolver asks this machine. */
function inNamespace(command: string, resolvConf: string): ReturnType<typeof spawnSync> {
  const addresses = TRAPS.map((at) => `ip addr add ${at}/${at.includes(':') ? 128 : 32} dev lo`);
  const steps = ['ip link set lo up', ...addresses, `mount --bind "${resolvConf}" /etc/resolv.conf`, command];
  return spawnSync(
    'unshare',
    ['--user', '--map-root-user', '--net', '--mount', 'sh', '-c', steps.join(' && ')],
    {
      encoding: 'utf8',
      timeout: 60_000,
      env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, NODE: process.execPath },
    },
  );
}

test('no metadata address is reached, by any spelling, redirect or change of DNS', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-trap-'));
  try {
    const resolvConf = join(folder, 'resolv.conf');
    writeFileSync(resolvConf, 'nameserver 127.0.0.1\noptions timeout:1 attempts:2\n');
    if (inNamespace('true', resolvConf).status !== 0) {
      t.skip('a network namespace cannot be made here (unshare and ip are needed)');
      return;
    }
    const { status, stdout, stderr } = inNamespace(`exec "$NODE" "${CHILD}" ${TRAPS.join(' ')}`, resolvConf);
    assert.equal(status, 0, String(stderr));
    const seen = JSON.parse(String(stdout)) as Readonly<Record<string, unknown>>;
    assert.equal(seen['controls'], TRAPS.length, 'a plain socket reaches each trap');
    assert.deepEqual(seen['wrong'], []);
    assert.equal(seen['hits'], 0);
    assert.equal(seen['redirects'], 5);
    assert.deepEqual([seen['flips'], seen['served']], [200, 100]);
    assert.ok(Number(seen['spellings']) >= 25 * 2);
    t.diagnostic(`cases ${Number(seen['spellings']) + 5 + 200}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
