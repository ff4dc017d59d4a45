import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { isProcessGone, processMark, type ProcessTable, SYSTEM_PROCESSES } from './process-mark.ts';

const BOOT = '29078875-48da-4bce-bfc0-73dac3ede27f';

/** A kernel with these processes, by id, with their start. */
function kernel(running: Readonly<Record<number, string>>, more: Partial<ProcessTable> = {}): ProcessTable {
  return {
    hostName: 'node-1.example.com',
    bootId: BOOT,
    pidNamespace: 'pid:[4026531836]',
    startTicks: (pid) => running[pid],
    exists: (pid) => pid in running,
    ...more,
  };
}

describe('a process that owned lanes', () => {
  const before = kernel({ 71: '1000', 72: '1001' });
  const mark = processMark(71, 'a1', before);

  it('is named by host and process id first', () => {
    assert.equal(mark, `node-1.example.com/71/a1/${BOOT}/pid:[4026531836]/1000`);
  });

  it('is not gone while it runs', () => assert.equal(isProcessGone(mark, before), false));

  it('is gone when its id is free', () => assert.equal(isProcessGone(mark, kernel({ 72: '1001' })), true));

  it('is gone when its id belongs to a process that started later', () => {
    assert.equal(isProcessGone(mark, kernel({ 71: '9000' })), true);
  });

  for (const [where, table] of [
    ['on another machine, though it has the same name', kernel({}, { bootId: 'another-boot' })],
    ['on a machine of another name', kernel({}, { hostName: 'node-2.example.com' })],
    ['in another container', kernel({}, { pidNamespace: 'pid:[4026532000]' })],
    ['where the boot is not known', kernel({}, { bootId: undefined })],
    ['where the namespace is not known', kernel({}, { pidNamespace: undefined })],
    ['by its id alone, when its start cannot be read', kernel({}, { exists: () => true })],
  ] as const) {
    it(`cannot be told to be gone ${where}`, () => assert.equal(isProcessGone(mark, table), false));
  }

  for (const other of ['', 'owner-1', 'node-1.example.com/71/a1', mark.replace('/71/', '/-71/'), '/////']) {
    it(`cannot be told to be gone by "${other}"`, () =>
      assert.equal(isProcessGone(other, kernel({})), false));
  }

  it('says no more than its name where the kernel tells nothing', () => {
    const mute = kernel({}, { bootId: undefined });
    assert.equal(processMark(71, 'a1', mute), 'node-1.example.com/71/a1');
  });

  const skip = SYSTEM_PROCESSES.bootId === undefined ? 'needs the /proc of Linux' : false;
  it('is seen by the real kernel: there, and gone after kill -9', { skip }, async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const real = processMark(child.pid ?? 0, 'x');
    assert.equal(real.split('/').length, 6);
    assert.equal(isProcessGone(real), false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(isProcessGone(real), true);
    assert.equal(isProcessGone(processMark(process.pid, 'x')), false);
  });
});
