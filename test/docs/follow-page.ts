/**
 * Follows a page of the documentation as a reader would: every block of shell commands in its order, each in a shell of its
 * own, in a folder that looks like a clone. What stays in the foreground (`npm start`) is started and left running.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const BLOCK_TIMEOUT_MS = 120_000;
const START_TIMEOUT_MS = 60_000;
const BLOCK = /^ *```sh\n(?<code>[^]*?)^ *```/gm;
/** Done already by whoever runs the tests. */
const DONE_BEFORE = /^npm ci\n$/;
/** What a clone would have and a fresh one must not. */
const NOT_OF_A_CLONE = new Set(['.git', 'data', 'reports']);

export interface FollowOptions {
  /** Text of the page -> what stands for it here: an example's address, say. */
  readonly replace: Readonly<Record<string, string>>;
  /** What the reader types where a block asks for it: part of the block's text -> input. */
  readonly type?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface FollowedBlock {
  readonly code: string;
  readonly output: string;
  readonly exitCode: number | null;
  readonly seconds: number;
}

/** Runs all blocks of `page` (relative to the project); stops at the first that fails. */
export async function followPage(page: string, options: FollowOptions): Promise<readonly FollowedBlock[]> {
  const folder = cloneOf();
  const env = { ...process.env, PATH: pathWithNode(), ...options.env };
  const done: FollowedBlock[] = [];
  let service: ChildProcess | undefined;
  try {
    for (const code of blocksOf(page, options.replace)) {
      if (DONE_BEFORE.test(code)) continue;
      const startedMs = performance.now();
      const child = spawn('bash', ['-euo', 'pipefail', '-c', code], { cwd: folder, env, detached: true });
      // A block that reads nothing may have ended before this is written.
      child.stdin.on('error', () => undefined);
      child.stdin.end(typed(code, options.type));
      const result = code.startsWith('npm start') ? await listening(child) : await ended(child);
      if (code.startsWith('npm start')) service = child;
      done.push({ code, ...result, seconds: (performance.now() - startedMs) / 1_000 });
      if (result.exitCode !== 0) break;
    }
    return done;
  } finally {
    await stop(service);
    rmSync(folder, { recursive: true, force: true });
  }
}

function blocksOf(page: string, replace: Readonly<Record<string, string>>): readonly string[] {
  let text = readFileSync(join(ROOT, page), 'utf8');
  for (const [from, to] of Object.entries(replace)) {
    if (!text.includes(from)) throw new Error(`${page} no longer has ${from}`);
    text = text.replaceAll(from, to);
  }
  return [...text.matchAll(BLOCK)].map((match) => match.groups?.['code'] ?? '');
}

/** Files of the project under a fresh folder, by links. */
function cloneOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-page-'));
  for (const name of readdirSync(ROOT))
    if (!NOT_OF_A_CLONE.has(name)) symlinkSync(join(ROOT, name), join(folder, name));
  return folder;
}

/** The project's own Node first, as `npm run` has it. */
function pathWithNode(): string {
  return [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
}

function typed(code: string, answers: FollowOptions['type'] = {}): string {
  return Object.entries(answers).find(([part]) => code.includes(part))?.[1] ?? '';
}

function collect(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

async function ended(child: ChildProcess): Promise<{ output: string; exitCode: number | null }> {
  const output = collect(child);
  const timer = setTimeout(() => endGroup(child, 'SIGKILL'), BLOCK_TIMEOUT_MS);
  await once(child, 'close');
  clearTimeout(timer);
  return { output: output(), exitCode: child.exitCode };
}

/** Resolves with exit code 0 once the service says that it listens. */
async function listening(child: ChildProcess): Promise<{ output: string; exitCode: number | null }> {
  const output = collect(child);
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const timer = setTimeout(() => resolve(null), START_TIMEOUT_MS);
  const look = (): void => {
    if (/listening on http:/.test(output())) resolve(0);
  };
  child.stdout?.on('data', look);
  child.stderr?.on('data', look);
  child.once('close', (code) => resolve(code === 0 ? 1 : code));
  const exitCode = await promise;
  clearTimeout(timer);
  return { output: output(), exitCode };
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null) return;
  const closed = once(child, 'close');
  endGroup(child, 'SIGTERM');
  await closed;
}

/** The shell and what it started. */
function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended by itself meanwhile.
  }
}
