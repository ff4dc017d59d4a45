import { once } from 'node:events';
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
  let outputClosed = false;
  process.stdout.on('error', () => {
    outputClosed = true;
  });
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
    async writeOut(text) {
      if (outputClosed) throw new OutputClosedError();
      if (process.stdout.write(text)) return;
      // Waits for a slow reader; one that went away ends the command quietly.
      await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]).catch(
        () => undefined,
      );
      if (outputClosed) throw new OutputClosedError();
    },
  };
}
