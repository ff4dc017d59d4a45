import { execFile } from 'node:child_process';
import { parseKeyText } from './key-text.ts';
import type { SealingKey } from './sealing-key.ts';

const KEY_COMMAND_TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 64 * 1024;

/**
 * Splits a command into program and arguments: a JSON list of texts as it is, any other text at its spaces. There is no shell:
 * quotes, `$` and `|` mean themselves. Answers undefined for what names no program.
 */
export function splitKeyCommand(command: string): readonly string[] | undefined {
  const text = command.trim();
  if (!text.startsWith('[')) return text === '' ? undefined : text.split(/[ \t]+/);
  try {
    const parsed: unknown = JSON.parse(text);
    const isList =
      Array.isArray(parsed) && parsed.every((word) => typeof word === 'string' && !word.includes('\0'));
    return isList && parsed[0] !== undefined && parsed[0] !== '' ? (parsed as readonly string[]) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Runs a command that writes keys on its stdout (see `parseKeyText`). Rejects with one clear sentence; what the command wrote is
 * never repeated, on neither stream: it may be the key.
 */
export async function runKeyCommand(
  command: string,
  timeoutMs: number = KEY_COMMAND_TIMEOUT_MS,
): Promise<readonly SealingKey[]> {
  const [program, ...args] = splitKeyCommand(command) ?? [];
  if (program === undefined) throw new Error('it names no program');
  return parseKeyText(await output(program, args, timeoutMs));
}

function output(program: string, args: readonly string[], timeoutMs: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = {
    encoding: 'utf8',
    timeout: timeoutMs,
    // A program that catches SIGTERM would be waited for without end.
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTES,
    windowsHide: true,
  } as const;
  const child = execFile(program, args, options, (error, stdout) => {
    if (error === null) resolve(stdout);
    // The error's own message holds the arguments and what was written on stderr.
    else reject(new Error(reason(error, timeoutMs)));
  });
  child.stdin?.end();
  return promise;
}

function reason(
  error: NonNullable<Parameters<NonNullable<Parameters<typeof execFile>[3]>>[0]>,
  timeoutMs: number,
): string {
  if (error.code === 'ENOENT') return 'the program is not there';
  if (error.code === 'EACCES') return 'the program may not be run';
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return `it wrote more than ${MAX_OUTPUT_BYTES} bytes`;
  if (error.code === 'ERR_ACCESS_DENIED') return 'this process may start no other (--allow-child-process)';
  if (error.killed === true) return `it did not end within ${timeoutMs / 1_000} seconds`;
  if (typeof error.signal === 'string') return `it was ended by ${error.signal}`;
  return `it ended with status ${String(error.code)}`;
}
