import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { COMMANDS } from '../../src/cli/commands.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { captureIo, type CaptureOptions } from './capture-io.ts';
import { cleanEnvironment } from '../support/clean-environment.ts';

const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli.ts');

export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs a command line in this process. */
export async function runCommand(
  argv: readonly string[],
  options: CaptureOptions = {},
): Promise<CommandResult> {
  const io = captureIo(options);
  const code = await runCli(argv, io, COMMANDS);
  return { code, out: io.out(), error: io.error() };
}

/** Runs a command line as its own process, without a terminal. */
export function spawnCommand(
  argv: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string } = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, [CLI, ...argv], {
    env: { ...cleanEnvironment(), ...options.env },
    stdio: 'pipe',
  });
  let out = '';
  let error = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text;
  });
  child.stdin.end(options.stdin ?? '');
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  child.once('error', reject);
  child.once('close', (code) => resolve({ code, out, error }));
  return promise;
}
