import { open } from 'node:fs/promises';

const BLOCK_BYTES = 1024 * 1024;

/**
 * The bytes of a file, in two blocks that take turns: one is read while the other is worked on, and none is made anew. A block
 * holds what it holds only until the next one is asked for.
 */
export async function* readBlocks(file: string): AsyncGenerator<Buffer> {
  await using handle = await open(file);
  let block = Buffer.alloc(BLOCK_BYTES);
  let other = Buffer.alloc(BLOCK_BYTES);
  let reading = handle.read(block, 0, BLOCK_BYTES);
  try {
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      reading = handle.read(other, 0, BLOCK_BYTES);
      yield block.subarray(0, bytesRead);
      [block, other] = [other, block];
    }
  } finally {
    // Whoever stops in the middle leaves a read behind: its end is waited for, and what became of it is nobody's matter.
    await reading.catch(() => undefined);
  }
}
