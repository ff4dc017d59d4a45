import { readFileSync } from 'node:fs';
import type { JsonObject, JsonValue } from '../json.ts';
import { CliError } from './cli-error.ts';
import { readAll } from './cli-io.ts';
import type { CommandContext } from './command.ts';

const MAX_FILE_BYTES = 1024 * 1024;

/** Reads a small JSON object from a file, or from stdin for `-`. The content never appears in a message. */
export async function readJsonObject(
  context: CommandContext,
  path: string,
  option: string,
): Promise<JsonObject> {
  const bytes = await readBytes(context, path, option);
  let value: JsonValue;
  try {
    value = JSON.parse(bytes.toString('utf8')) as JsonValue;
  } catch {
    // The parser's own message can repeat the text, and the text may be a credential.
    throw new CliError('not_json', `${option}: ${path} is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CliError('not_an_object', `${option}: ${path} must hold one JSON object`);
  }
  return value as JsonObject;
}

async function readBytes(context: CommandContext, path: string, option: string): Promise<Buffer> {
  try {
    return path === '-' ? Buffer.from(await readAll(context.io.stdin, MAX_FILE_BYTES)) : readFileSync(path);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new CliError('unreadable', `${option}: ${path} cannot be read (${why})`, undefined, {
      cause: error,
    });
  }
}
