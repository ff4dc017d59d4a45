import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../json.ts';
import { API_OPTIONS, type ApiClient, apiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, flagOption, textOption } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { asObject } from '../output.ts';
import { type ScreenSize, topScreen } from '../top/top-screen.ts';

const DEFAULT_INTERVAL_SECONDS = 2;
const MAX_INTERVAL_SECONDS = 3_600;
/** For a reader that is no terminal. */
const WIDE: ScreenSize = { columns: 200, rows: 1_000 };
const HOME_AND_CLEAR = '\u001b[H\u001b[J';

export const top: Command = {
  name: 'top',
  summary: 'Watch in the terminal whether every SIEM has everything',
  examples: ['aegis-siem top', 'aegis-siem top --interval 10', 'aegis-siem top --once --json'],
  options: {
    ...API_OPTIONS,
    once: { type: 'boolean', help: 'Show one screen and end; what happens without a terminal, too' },
    interval: {
      type: 'string',
      value: 'SECONDS',
      help: `Time between two looks (default ${DEFAULT_INTERVAL_SECONDS})`,
    },
  },
  async run(context) {
    const { io } = context;
    const intervalMs = intervalOf(context) * 1_000;
    const client = apiClient(context);
    const once = flagOption(context, 'once') || !io.stdoutIsTerminal || context.json;
    let previous: JsonObject | undefined;
    while (!io.signal.aborted) {
      const look = await overviewOf(client);
      await io.writeOut(
        context.json
          ? `${JSON.stringify(look, null, 2)}\n`
          : `${once ? '' : HOME_AND_CLEAR}${topScreen(look, previous, once ? WIDE : io.terminalSize())}`,
      );
      if (once) return EXIT.ok;
      previous = look;
      await sleep(intervalMs, undefined, { signal: io.signal }).catch(() => undefined);
    }
    return EXIT.ok;
  },
};

async function overviewOf(client: ApiClient): Promise<JsonObject> {
  return asObject((await client.call({ method: 'GET', path: '/v1/siem/overview' })).body);
}

function intervalOf(context: CommandContext): number {
  const given = textOption(context, 'interval');
  if (given === undefined) return DEFAULT_INTERVAL_SECONDS;
  const seconds = Number(given);
  if (seconds >= 0.1 && seconds <= MAX_INTERVAL_SECONDS) return seconds;
  throw new CliError(
    'bad_interval',
    `--interval: "${given}" is not a number of seconds from 0.1 to ${MAX_INTERVAL_SECONDS}`,
  );
}
