import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sabotageNamed } from './all-sabotages.ts';
import { applySabotage } from './apply-sabotage.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** From now on this process loads one file with the bug in it. To be called before the engine is imported. */
export function installSabotage(name: string): void {
  const sabotage = sabotageNamed(name);
  const url = pathToFileURL(join(ROOT, sabotage.file)).href;
  registerHooks({
    load: (loaded, context, next) => {
      const result = next(loaded, context);
      if (loaded !== url) return result;
      const source =
        typeof result.source === 'string' ? result.source : Buffer.from(bytesOf(result.source)).toString();
      return { ...result, source: applySabotage(sabotage, source) };
    },
  });
}

function bytesOf(source: ArrayBuffer | NodeJS.TypedArray | undefined): Uint8Array {
  if (source === undefined) return new Uint8Array();
  return source instanceof ArrayBuffer
    ? new Uint8Array(source)
    : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}
