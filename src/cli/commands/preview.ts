import { splitRecords } from '../../attestation/split-records.ts';
import type { JsonObject } from '../../json.ts';
import { API_OPTIONS, apiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, textOption } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { DESTINATIONS_PATH, findDestination } from '../find-destination.ts';
import { kindOf, readInput } from '../input.ts';
import { readJsonObject } from '../json-file.ts';
import { asObject, cell, show } from '../output.ts';

/** More than one, so that a file with several is told from one with one. */
const MAX_RECORDS = 2;

const OUTCOMES: Readonly<Record<string, string>> = {
  left_out: 'the filter of the destination leaves it out: nothing would be sent',
  refused: 'it would become a dead letter; what is shown is the tombstone in its place',
  held: 'the destination would be held: nothing would be sent',
};

export const preview: Command = {
  name: 'preview',
  summary: 'Show the exact request that an attestation would give for a destination; sends nothing',
  examples: [
    'aegis-siem preview splunk-prod attestation.json',
    'aegis-siem preview splunk-prod --attestation 0193476d-3f10-7a51-8c3e-5a8d0c1b2e03 --json',
    'aegis-siem preview splunk-prod attestation.json --settings redaction.json',
  ],
  positionals: 'NAME|ID [FILE]',
  minPositionals: 1,
  maxPositionals: 2,
  options: {
    ...API_OPTIONS,
    attestation: { type: 'string', value: 'ID', help: 'A recorded attestation, in place of FILE' },
    settings: {
      type: 'string',
      value: 'FILE',
      help: 'JSON object with config, ocsf, filter or redaction to try in place of what is stored',
    },
  },
  async run(context) {
    const settings = textOption(context, 'settings');
    const record = await recordOf(context);
    const client = apiClient(context);
    const destination = await findDestination(client, context.positionals[0] ?? '');
    const { body } = await client.call({
      method: 'POST',
      path: `${DESTINATIONS_PATH}/${cell(destination['destination_id'])}/preview`,
      body: {
        ...record,
        ...(settings === undefined
          ? {}
          : { settings: await readJsonObject(context, settings, '--settings') }),
      },
    });
    const answer = asObject(body);
    await show(context, answer, () => requestText(asObject(answer['request'])));
    if (!context.json) context.io.writeError(notesText(answer));
    return answer['outcome'] === 'sent' ? EXIT.ok : EXIT.refused;
  },
};

/** The attestation as the service takes it: by its id, or the exact text of the one in the file. */
async function recordOf(context: CommandContext): Promise<JsonObject> {
  const id = textOption(context, 'attestation');
  const file = context.positionals[1];
  if (id !== undefined) {
    if (file === undefined) return { attestation_id: id };
    throw new CliError('usage', 'give either FILE or --attestation');
  }
  const bytes = await readInput(context, file ?? '-');
  const split = splitRecords(bytes, kindOf(bytes), MAX_RECORDS);
  if (!split.ok && split.refusal.code !== 'too_many_records')
    throw new CliError(split.refusal.code, split.refusal.message, EXIT.refused);
  const [item, ...more] = split.ok ? split.items : [];
  if (item === undefined || more.length > 0)
    throw new CliError('one_record', 'a preview is of one attestation: give a file that holds one');
  if (!('text' in item)) throw new CliError(item.refusal.code, item.refusal.message, EXIT.refused);
  return { attestation: item.text };
}

/** As it goes over the line, but for the compression. */
function requestText(request: JsonObject): string {
  if (request['method'] === undefined) return '';
  const headers = Object.entries(asObject(request['headers'])).map(
    ([name, value]) => `${name}: ${cell(value)}`,
  );
  // The body is shown as it is: its texts were made visible when the event was made.
  const body = typeof request['body'] === 'string' ? request['body'] : '';
  return [`${cell(request['method'])} ${cell(request['url'])}`, ...headers, '', body, ''].join('\n');
}

function notesText(answer: JsonObject): string {
  const { code, message } = asObject(answer['error']);
  const notes = Array.isArray(answer['notes']) ? answer['notes'].map(String) : [];
  return [
    OUTCOMES[cell(answer['outcome'])],
    code === undefined ? undefined : `${cell(code)}: ${cell(message)}`,
    ...notes,
  ]
    .filter((line) => line !== undefined)
    .map((line) => `${line}\n`)
    .join('');
}
