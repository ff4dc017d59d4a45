import { CliError } from './cli-error.ts';
import { EXIT } from './exit-codes.ts';
import { type CliIo, OutputClosedError } from './cli-io.ts';

/** The real process. The first SIGINT or SIGTERM asks the command to end, the second ends the process at once. */
export function processIo(): CliIo {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (ending.signal.aborted) process.exit(EXIT.interrupted);
      ending.abort();
    });
  }
  // Each write hears of its own failure; without a listener the process would end by it.
  process.stdout.on('error', () => undefined);
  return {
    env: process.env,
    stdin: process.stdin,
    stdinIsTerminal: process.stdin.isTTY,
    stdoutIsTerminal: process.stdout.isTTY,
    stderrIsTerminal: process.stderr.isTTY,
    terminalSize: () => ({ columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 }),
    signal: ending.signal,
    writeError: (text) => {
      process.stderr.write(text);
    },
    writeOut(text) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      process.stdout.write(text, (error) => (error ? reject(outputFailure(error)) : resolve()));
      return promise;
    },
  };
}

/** A reader that went away wants nothing more. Anything else, such as a full disk, has cost output and must be told. */
function outputFailure(cause: NodeJS.ErrnoException): Error {
  const code = cause.code ?? cause.message;
  if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return new OutputClosedError();
  const message = `the output cannot be written (${code}): what stands there is not whole`;
  return new CliError('output_failed', message, EXIT.unavailable, { cause });
}
