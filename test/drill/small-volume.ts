import { spawnSync } from 'node:child_process';
import { appendFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const FILLER = 'a-file-of-others';
const STEP_BYTES = 262_144;

/** A disk of its own that can be filled without harm: a tmpfs mounted over a folder. Needs the right to mount. */
export class SmallVolume implements Disposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined where nothing may be mounted. */
  static over(folder: string, bytes: number): SmallVolume | undefined {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', folder]);
    if (mounted.status !== 0) return undefined;
    const volume = new SmallVolume(folder);
    // A drill that breaks off leaves no mount behind.
    process.once('exit', () => volume[Symbol.dispose]());
    return volume;
  }

  /** Leaves so many bytes free. */
  fill(leaveBytes: number): void {
    const file = join(this.#folder, FILLER);
    const step = Buffer.alloc(STEP_BYTES);
    for (;;) {
      const { bavail, bsize } = statfsSync(this.#folder);
      const more = bavail * bsize - leaveBytes;
      if (more <= 0) return;
      try {
        appendFileSync(file, step.subarray(0, Math.min(STEP_BYTES, more)));
      } catch (error) {
        // Whoever else writes there took the last of it meanwhile.
        if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
        throw error;
      }
    }
  }

  makeRoom(): void {
    rmSync(join(this.#folder, FILLER), { force: true });
  }

  [Symbol.dispose](): void {
    spawnSync('umount', ['--lazy', this.#folder]);
  }
}
