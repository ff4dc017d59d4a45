/** Everything a command touches of its process, so that tests run commands without one. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Of stdout, as it is now: a window may change. */
  terminalSize(): { readonly columns: number; readonly rows: number };
  /** Resolves when more may be written. A reader that went away ends the command quietly. */
  writeOut(text: string): Promise<void>;
  writeError(text: string): void;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

/** The reader of stdout went away (`| head`): nothing more is wanted. */
export class OutputClosedError extends Error {
  override readonly name = 'OutputClosedError';
}

export async function readAll(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new RangeError(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
