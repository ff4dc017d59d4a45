import { createReadStream } from 'node:fs';
import { type SplitItem, splitRecords } from '../attestation/split-records.ts';
import { CliError } from './cli-error.ts';
import { readAll } from './cli-io.ts';
import type { CommandContext } from './command.ts';
import { EXIT } from './exit-codes.ts';

/** What `map`, `validate` and `attest` read at once: enough for half a million records. */
const MAX_INPUT_BYTES = 1024 * 1024 * 1024;

/** Reads FILE, the first positional unless told otherwise, or stdin when there is none or it is `-`. */
export async function readInput(
  context: CommandContext,
  path = context.positionals[0] ?? '-',
): Promise<Uint8Array> {
  if (path === '-' && context.io.stdinIsTerminal) {
    context.io.writeError('reading from the terminal; end with Ctrl-D\n');
  }
  try {
    return await readAll(path === '-' ? context.io.stdin : createReadStream(path), MAX_INPUT_BYTES);
  } catch (error) {
    const why =
      error instanceof RangeError
        ? error.message
        : error instanceof Error && 'code' in error
          ? String(error.code)
          : 'unreadable';
    throw new CliError('unreadable', `${nameOf(path)} cannot be read (${why})`, undefined, {
      cause: error,
    });
  }
}

/** The records in FILE or stdin, each with its place; throws `CliError` when there is none, or it is no JSON as a whole. */
export async function readRecords(
  context: CommandContext,
  maxRecords: number,
): Promise<readonly SplitItem[]> {
  const bytes = await readInput(context);
  const split = splitRecords(bytes, kindOf(bytes), maxRecords);
  if (split.ok) return split.items;
  const { code, message } = split.refusal;
  throw new CliError(code, `${nameOf(context.positionals[0] ?? '-')}: ${message}`, EXIT.refused);
}

function nameOf(path: string): string {
  return path === '-' ? 'stdin' : path;
}

/** NDJSON when the first object is followed by another one on a line of its own; else one JSON document. */
export function kindOf(bytes: Uint8Array): 'json' | 'ndjson' {
  const newline = 0x0a;
  let lineEnd = bytes.indexOf(newline);
  const firstLine = Buffer.from(bytes.buffer, bytes.byteOffset, lineEnd === -1 ? bytes.length : lineEnd)
    .toString('utf8')
    .trim();
  if (!firstLine.startsWith('{')) return firstLine.startsWith('[') || firstLine === '' ? 'json' : 'ndjson';
  // A pretty-printed object does not close on its first line.
  if (!firstLine.endsWith('}')) return 'json';
  while (lineEnd !== -1 && lineEnd < bytes.length - 1) {
    const next = bytes[lineEnd + 1];
    if (next !== newline && next !== 0x0d && next !== 0x20) return 'ndjson';
    lineEnd = bytes.indexOf(newline, lineEnd + 1);
  }
  return 'json';
}
