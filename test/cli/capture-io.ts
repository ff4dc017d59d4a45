import type { CliIo } from '../../src/cli/cli-io.ts';

/** A process for `runCli` that keeps what was written. */
export interface CapturedIo extends CliIo {
  readonly out: () => string;
  readonly error: () => string;
  /** As the first Ctrl-C. */
  readonly interrupt: () => void;
}

export interface CaptureOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  readonly terminal?: boolean;
  readonly onError?: (text: string) => void;
}

export function captureIo(options: CaptureOptions = {}): CapturedIo {
  let out = '';
  let error = '';
  const ending = new AbortController();
  return {
    env: options.env ?? {},
    stdin: (async function* () {
      if (options.stdin !== undefined) yield Buffer.from(options.stdin);
    })(),
    stdinIsTerminal: options.terminal ?? false,
    stdoutIsTerminal: options.terminal ?? false,
    stderrIsTerminal: options.terminal ?? false,
    terminalSize: () => ({ columns: 120, rows: 24 }),
    signal: ending.signal,
    writeOut: async (text) => {
      out += text;
    },
    writeError: (text) => {
      error += text;
      options.onError?.(text);
    },
    out: () => out,
    error: () => error,
    interrupt: () => ending.abort(),
  };
}
