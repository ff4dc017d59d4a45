/** `aegis-siem` in a process of its own, for tests that send it signals. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { cleanEnvironment } from './clean-environment.ts';

const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli.ts');
const READY_TIMEOUT_MS = 60_000;

export interface CliProcess {
  readonly process: ChildProcess;
  /** Kept with what matched `ready`; rejects, with its output, when it ends before or is too slow. */
  readonly ready: Promise<RegExpExecArray>;
  /** Kept when it has ended, with its exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** What it wrote on stdout and stderr, the last part of it. */
  output(): string;
  /** Resolves when its output matches, in what it wrote before or writes from now on. */
  says(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface CliProcessOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly ready: RegExp;
  /** Of another release; this tree's own by default. */
  readonly cli?: string;
}

/** Output beyond this is forgotten from its beginning: a long run must not keep every log line. */
const MAX_OUTPUT_CHARS = 256 * 1024;

/** Starts it without waiting: who kills at any moment also kills during the start. */
export function startCliProcess({ args, env, ready, cli = CLI }: CliProcessOptions): CliProcess {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const watchers = new Set<() => void>();
  const hear = (chunk: Buffer): void => {
    text = (text + chunk.toString('utf8')).slice(-MAX_OUTPUT_CHARS);
    for (const look of watchers) look();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));

  const says = async (pattern: RegExp, timeoutMs = READY_TIMEOUT_MS): Promise<RegExpExecArray> => {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
    const look = (): void => {
      const found = pattern.exec(text);
      if (found !== null) resolve(found);
    };
    const timer = setTimeout(
      () => reject(new Error(`did not say ${pattern.source} in ${timeoutMs} ms:\n${text}`)),
      timeoutMs,
    );
    watchers.add(look);
    void ended.then((code) =>
      reject(new Error(`ended with ${String(code)} before it said ${pattern.source}:\n${text}`)),
    );
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      watchers.delete(look);
    }
  };
  const readiness = says(ready);
  // Who killed it during its start does not wait for this.
  readiness.catch(() => undefined);
  return {
    process: child,
    ready: readiness,
    ended,
    output: () => text,
    says,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
