import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readBlocks } from './read-blocks.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'aegis-read-blocks-'));
after(() => rmSync(FOLDER, { recursive: true }));

describe('readBlocks', () => {
  for (const bytes of [0, 1, 1024 * 1024, 3 * 1024 * 1024 + 17]) {
    it(`gives the ${bytes} bytes of a file, in order`, async () => {
      const content = Buffer.from(Uint8Array.from({ length: bytes }, (_, index) => (index * 31) % 251));
      const file = join(FOLDER, String(bytes));
      writeFileSync(file, content);
      const copies: Buffer[] = [];
      for await (const block of readBlocks(file)) copies.push(Buffer.from(block));
      assert.equal(hash('sha256', Buffer.concat(copies)), hash('sha256', content));
    });
  }

  it('can be stopped in the middle, and says when there is no such file', async () => {
    const file = join(FOLDER, 'long');
    writeFileSync(file, Buffer.alloc(5 * 1024 * 1024));
    for await (const block of readBlocks(file)) {
      assert.equal(block.length, 1024 * 1024);
      break;
    }
    await assert.rejects(readBlocks(join(FOLDER, 'none')).next(), /ENOENT/);
  });
});
