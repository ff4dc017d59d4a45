import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { createServer, Socket, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts';

/** A free port can be taken by someone else before the server binds it. */
const MAX_STARTS = 3;
const MAX_LOG_LINES = 20;
const USER = 'aegis_test';

export interface PostgresServer {
  /** Connection URL of a superuser and its maintenance database. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A server that a test may break. */
export interface OwnPostgresServer extends PostgresServer {
  /** Immediate shutdown (SIGQUIT, `pg_ctl stop -m immediate`): every session is cut, nothing is written any more. */
  crash(): Promise<void>;
  /** Starts it again after `crash`, on the same port; resolves when it has recovered. */
  startAgain(): Promise<void>;
  /** After `crash`: keeps what is on the disk, as a replica that got no further. */
  keepReplica(): Promise<void>;
  /** After `crash`: the replica takes the server's place and port, and is promoted to a timeline of its own. */
  promoteReplica(): Promise<void>;
}

export interface LaunchOptions {
  /** Called with the folder of the data while it is empty, as to mount a disk of its own over it. */
  readonly onDataFolder?: (folder: string) => void;
  /** Beside those that every test has. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts a PostgreSQL of its own in a temporary folder, on loopback and a free port, with fsync on (the tests are about
 * durability). It goes when `stop` is called, or with this process.
 */
export async function launchPostgresServer({
  onDataFolder,
  settings = {},
}: LaunchOptions = {}): Promise<OwnPostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-siem-postgres-'));
  try {
    if (onDataFolder !== undefined) {
      await mkdir(join(folder, 'data'));
      onDataFolder(join(folder, 'data'));
    }
    const binaries = await findPostgresBinaries(folder);
    const password = randomBytes(16).toString('hex');
    await initialise(folder, binaries, password);
    const begin = (givenPort?: number, readyWords?: string) =>
      start({ folder, binaries, more: settings }, givenPort, readyWords);
    const { child, port } = await begin();
    let running = child;
    let release = endWithThisProcess(child, folder);
    const endRunning = async (signal: NodeJS.Signals): Promise<void> => {
      release();
      await halt(running, signal);
    };
    return {
      url: `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`,
      crash: () => endRunning('SIGQUIT'),
      startAgain: async () => {
        ({ child: running } = await begin(port));
        release = endWithThisProcess(running, folder);
      },
      keepReplica: () => copyData(join(folder, 'data'), join(folder, 'replica'), binaries),
      promoteReplica: async () => {
        await rm(join(folder, 'data'), { recursive: true });
        await rename(join(folder, 'replica'), join(folder, 'data'));
        await writeOwned(join(folder, 'data', 'standby.signal'), '', binaries);
        ({ child: running } = await begin(port, 'ready to accept read-only connections'));
        release = endWithThisProcess(running, folder);
        const ready = isReady(running);
        await writeOwned(join(folder, 'data', 'promote'), '', binaries);
        running.kill('SIGUSR1');
        if (!(await ready)) throw new Error('The replica ended instead of being promoted');
      },
      stop: async () => {
        // SIGINT is the server's fast shutdown: it ends the open sessions.
        await endRunning('SIGINT');
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function initialise(folder: string, binaries: PostgresBinaries, password: string): Promise<void> {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  const { owner } = binaries;
  if (owner !== undefined) {
    await chown(passwordFile, owner.uid, owner.gid);
    await chown(folder, owner.uid, owner.gid);
    const data = join(folder, 'data');
    if (existsSync(data)) await chown(data, owner.uid, owner.gid);
  }
  const args = ['--pgdata', join(folder, 'data'), '--username', USER, '--pwfile', passwordFile];
  const options = ['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--no-locale', '--no-instructions'];
  const child = spawn(binaries.initdb, [...args, ...options], spawnOptions(folder, binaries));
  const log = keepLog(child);
  const code = await exitOf(child);
  await rm(passwordFile, { force: true });
  if (code !== 0) throw new Error(`initdb ended with ${code}:\n${log.join('\n')}`);
}

interface StartParts {
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  readonly more: Readonly<Record<string, string>>;
}

async function start(
  { folder, binaries, more }: StartParts,
  givenPort?: number,
  readyWords?: string,
): Promise<{ child: ChildProcess; port: number }> {
  let lastLog: readonly string[] = [];
  for (let tries = 0; tries < MAX_STARTS; tries += 1) {
    const port = givenPort ?? (await freePort());
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: 200,
      max_prepared_transactions: 4,
      fsync: 'on',
      timezone: 'UTC',
      lc_messages: 'C',
      ...more,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(
      binaries.postgres,
      ['-D', join(folder, 'data'), ...flags],
      spawnOptions(folder, binaries),
    );
    const log = keepLog(child);
    if (await isReady(child, readyWords)) return { child, port };
    lastLog = log;
  }
  throw new Error(
    `PostgreSQL did not start. Set DATABASE_URL to use another server. It said:\n${lastLog.join('\n')}`,
  );
}

function spawnOptions(folder: string, binaries: PostgresBinaries) {
  return {
    ...binaries.owner,
    cwd: folder,
    // A clean environment: PG* variables of the caller must not reach this server.
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC', TMPDIR: folder },
    stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'],
  };
}

/** The last lines that the program wrote, for the error message; reading on also keeps its pipe from filling up. */
function keepLog(child: ChildProcess): string[] {
  const lines: string[] = [];
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      if (lines.length > MAX_LOG_LINES) lines.shift();
    });
  }
  return lines;
}

async function copyData(from: string, to: string, binaries: PostgresBinaries): Promise<void> {
  await cp(from, to, { recursive: true, preserveTimestamps: true });
  const { owner } = binaries;
  if (owner === undefined) return;
  for (const path of ['', ...(await readdir(to, { recursive: true }))]) {
    await chown(join(to, path), owner.uid, owner.gid);
  }
}

/** In its place only once it is whole: the server takes some files away as soon as it sees them. */
async function writeOwned(path: string, text: string, { owner }: PostgresBinaries): Promise<void> {
  const draft = `${path}.draft`;
  await writeFile(draft, text);
  if (owner !== undefined) await chown(draft, owner.uid, owner.gid);
  await rename(draft, path);
}

function isReady(child: ChildProcess, words = 'ready to accept connections'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => resolve(false));
    child.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.includes(words)) resolve(true);
    });
  });
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  await once(child, 'close');
  return child.exitCode;
}

async function halt(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** A test run that is stopped half-way leaves no server behind. Answers how to call this off. */
function endWithThisProcess(child: ChildProcess, folder: string): () => void {
  child.unref();
  if (child.stderr instanceof Socket) child.stderr.unref();
  const onExit = () => {
    child.kill('SIGQUIT');
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  const onTerm = () => process.exit(143);
  process.once('exit', onExit);
  process.once('SIGTERM', onTerm);
  return () => {
    process.off('exit', onExit);
    process.off('SIGTERM', onTerm);
    child.ref();
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
