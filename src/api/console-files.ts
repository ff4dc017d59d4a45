import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file of the built console, held in memory: a request names one of these and can reach nothing else. */
export interface ConsoleFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzip: Buffer;
  readonly etag: string;
}

export interface ConsoleFiles {
  readonly index: ConsoleFile;
  /** By file name; the name holds a hash of the content, so what has a name never changes. */
  readonly assets: ReadonlyMap<string, ConsoleFile>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
};
const INDEX = 'index.html';
const ASSETS = 'assets';

/** The built console, or undefined where it has not been built. Throws for a file of a kind that it should not hold. */
export function readConsoleFiles(folder: string): ConsoleFiles | undefined {
  if (!existsSync(join(folder, INDEX))) return undefined;
  const assetFolder = join(folder, ASSETS);
  return {
    index: readFile(join(folder, INDEX)),
    assets: new Map(readdirSync(assetFolder).map((name) => [name, readFile(join(assetFolder, name))])),
  };
}

function readFile(path: string): ConsoleFile {
  const type = TYPES[extname(path)];
  if (type === undefined) throw new Error(`the console holds a file of an unknown kind: ${path}`);
  const bytes = readFileSync(path);
  const hash = createHash('sha256').update(bytes).digest('base64url');
  return { type, bytes, gzip: gzipSync(bytes, { level: 9 }), etag: `"${hash.slice(0, 22)}"` };
}
