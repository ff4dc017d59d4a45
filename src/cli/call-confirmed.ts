import type { JsonObject } from '../json.ts';
import { type ApiAnswer, type ApiClient, type ApiRequest, problemOf } from './api-client.ts';
import { CliError } from './cli-error.ts';
import type { CliIo } from './cli-io.ts';
import { type CommandContext, flagOption, type OptionSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { asObject, cell } from './output.ts';

/** Of every command that may do what cannot be taken back. */
export const CONFIRM_OPTION = {
  yes: { type: 'boolean', help: 'Do it without asking' },
} as const satisfies Record<string, OptionSpec>;

/** Longest answer that is read from the terminal. */
const MAX_ANSWER_BYTES = 200;

/**
 * A call that may need a second one: the service first says what it would do. With `--yes` it is done at once, in a terminal the
 * person is asked, and anywhere else nothing is done: a script must say `--yes`. `make` gets the confirmation, once there is one.
 */
export async function callConfirmed(
  context: CommandContext,
  client: ApiClient,
  make: (confirm: string | undefined) => ApiRequest,
): Promise<ApiAnswer> {
  const first = await client.call({ ...make(undefined), expected: [409] });
  if (first.status !== 409) return first;
  const problem = asObject(first.body);
  if (problem['code'] !== 'confirmation_needed') throw problemOf(first);
  await agree(context, problem);
  return client.call(make(cell(problem['confirm'])));
}

async function agree({ io, ...context }: CommandContext, problem: JsonObject): Promise<void> {
  if (flagOption({ io, ...context }, 'yes')) return;
  const effect = cell(problem['detail']);
  if (!io.stdinIsTerminal || !io.stderrIsTerminal) {
    throw new CliError('confirmation_needed', `${effect} Nothing was done; add --yes to have it done.`);
  }
  await askYes(io, effect);
}

/** Asks in a terminal. Throws `CliError` for any other answer than "yes". */
export async function askYes(io: Pick<CliIo, 'stdin' | 'writeError'>, effect: string): Promise<void> {
  io.writeError(`${effect} Type "yes" to have it done: `);
  if ((await firstLine(io.stdin)).trim() !== 'yes') {
    throw new CliError('not_confirmed', 'Nothing was done.', EXIT.refused);
  }
}

async function firstLine(stdin: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.includes('\n') || text.length > MAX_ANSWER_BYTES) break;
  }
  return text.split('\n')[0] ?? '';
}
