import type { JsonObject } from '../../json.ts';
import { API_OPTIONS, apiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { type Command, textOption } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { DESTINATIONS_PATH, findDestination } from '../find-destination.ts';
import { readJsonObject } from '../json-file.ts';
import { cell, show } from '../output.ts';

/** Options whose value is a file with a JSON object, and the field of the body that it becomes. */
const FILES = {
  config: 'config',
  credentials: 'credentials',
  filter: 'filter',
  limits: 'limits',
  batch: 'batch',
  ocsf: 'ocsf',
} as const;

export const destinationsUpdate: Command = {
  name: 'destinations update',
  summary: 'Change settings or credentials of a destination; what is not named stays',
  examples: [
    'aegis-siem destinations update splunk-prod --credentials token.json',
    'aegis-siem destinations update sentinel --config sentinel.json --credentials -',
  ],
  positionals: 'NAME|ID',
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    ...API_OPTIONS,
    name: { type: 'string', value: 'NAME', help: 'Another name' },
    config: {
      type: 'string',
      value: 'FILE',
      help: 'JSON object with the public settings that change ("-" for stdin)',
    },
    credentials: {
      type: 'string',
      value: 'FILE',
      help: 'JSON object with the credentials that change ("-" for stdin)',
    },
    filter: { type: 'string', value: 'FILE', help: 'JSON object with the filter' },
    limits: { type: 'string', value: 'FILE', help: 'JSON object with the limits on what waits' },
    batch: { type: 'string', value: 'FILE', help: 'JSON object with the batch settings' },
    ocsf: { type: 'string', value: 'FILE', help: 'JSON object with class and version' },
  },
  async run(context) {
    const body: Record<string, JsonObject | string> = {};
    const name = textOption(context, 'name');
    if (name !== undefined) body['name'] = name;
    for (const [option, field] of Object.entries(FILES)) {
      const file = textOption(context, option);
      if (file !== undefined) body[field] = await readJsonObject(context, file, `--${option}`);
    }
    if (Object.keys(body).length === 0) {
      throw new CliError(
        'nothing_to_change',
        'name at least one thing to change, such as --credentials FILE',
      );
    }
    const client = apiClient(context);
    const destination = await findDestination(client, context.positionals[0] ?? '');
    const version = destination['version'];
    const answer = await client.call({
      method: 'PATCH',
      path: `${DESTINATIONS_PATH}/${cell(destination['destination_id'])}`,
      body,
      // Somebody else's change between look and write is refused, not overwritten.
      headers: { 'if-match': `"${typeof version === 'number' ? version : ''}"` },
    });
    await show(context, answer.body, () => `changed ${cell(destination['name'])}\n`);
    context.io.writeError(`try it with: aegis-siem destinations test ${cell(name ?? destination['name'])}\n`);
    return EXIT.ok;
  },
};
