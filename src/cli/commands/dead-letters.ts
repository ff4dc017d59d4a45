import type { JsonValue } from '../../json.ts';
import { API_OPTIONS, apiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, flagOption, type OptionSpec, textOption } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { asObject, cell, show, showList } from '../output.ts';
import { PAGING_OPTIONS, withQuery } from '../paging.ts';

const PATH = '/v1/siem/dead-letters';

const SELECTION_OPTIONS = {
  destination: { type: 'string', value: 'ID', help: 'Every dead letter of this destination' },
  code: { type: 'string', value: 'CODE', help: 'Every dead letter with this reason' },
  'dry-run': { type: 'boolean', help: 'Say which it would be, and do nothing' },
} as const satisfies Record<string, OptionSpec>;

export const deadLettersLs: Command = {
  name: 'dead-letters ls',
  summary: 'List events that a destination refused',
  examples: ['aegis-siem dead-letters ls', 'aegis-siem dead-letters ls --code refused_by_destination'],
  options: {
    ...API_OPTIONS,
    ...PAGING_OPTIONS,
    destination: { type: 'string', value: 'ID', help: 'Only this destination' },
    code: { type: 'string', value: 'CODE', help: 'Only this reason' },
    status: { type: 'string', value: 'WORD', help: 'dead or skipped' },
  },
  async run(context) {
    const path = withQuery(PATH, context, { destination: 'destination', code: 'code', status: 'status' });
    const { body } = await apiClient(context).call({ method: 'GET', path });
    await showList(
      context,
      body,
      {
        'DEAD LETTER': (item) => item['dead_letter_id'],
        STATUS: (item) => item['status'],
        CODE: (item) => item['code'],
        RECORD: (item) => item['attestation_id'] ?? item['event_uid'],
        WHY: (item) => item['message'],
      },
      'There is no dead letter.',
    );
    return EXIT.ok;
  },
};

export const deadLettersRetry: Command = {
  name: 'dead-letters retry',
  summary: 'Send dead letters again, under new numbers',
  examples: [
    'aegis-siem dead-letters retry 0193476d-3f10-7a51-8c3e-5a8d0c1b2e03',
    'aegis-siem dead-letters retry --destination 0193... --dry-run',
  ],
  positionals: '[ID...]',
  maxPositionals: 1_000,
  options: { ...API_OPTIONS, ...SELECTION_OPTIONS },
  run: (context) => act(context, 'retry', {}),
};

export const deadLettersSkip: Command = {
  name: 'dead-letters skip',
  summary: 'Give dead letters up, with a reason that is kept',
  examples: ['aegis-siem dead-letters skip 0193476d-3f10-7a51-8c3e-5a8d0c1b2e03 --reason "test data"'],
  positionals: '[ID...]',
  maxPositionals: 1_000,
  options: {
    ...API_OPTIONS,
    ...SELECTION_OPTIONS,
    reason: { type: 'string', value: 'TEXT', help: 'Why; kept with the dead letter and in the audit trail' },
  },
  run(context) {
    const reason = textOption(context, 'reason');
    if (reason === undefined || reason.trim() === '')
      throw new CliError('missing_option', '--reason is needed');
    return act(context, 'skip', { reason });
  },
};

async function act(
  context: CommandContext,
  word: 'retry' | 'skip',
  extra: Record<string, JsonValue>,
): Promise<number> {
  const dryRun = flagOption(context, 'dry-run');
  const body = { ...selection(context), ...extra, dry_run: dryRun };
  const answer = await apiClient(context).call({ method: 'POST', path: `${PATH}/${word}`, body });
  const ids = asObject(answer.body)['ids'];
  const count = Array.isArray(ids) ? ids.length : 0;
  await show(context, answer.body, () =>
    Array.isArray(ids) ? ids.map((id: JsonValue) => `${cell(id)}\n`).join('') : '',
  );
  context.io.writeError(`${dryRun ? 'would ' : ''}${word}: ${count}\n`);
  return EXIT.ok;
}

function selection(context: CommandContext): Record<string, JsonValue> {
  const destination = textOption(context, 'destination');
  const code = textOption(context, 'code');
  const ids = context.positionals;
  if (ids.length > 0 && (destination !== undefined || code !== undefined)) {
    throw new CliError('two_selections', 'name either ids or a filter (--destination, --code), not both');
  }
  if (ids.length > 0) return { ids };
  if (destination === undefined && code === undefined) {
    throw new CliError('no_selection', 'name the dead letters: ids, --destination or --code');
  }
  return {
    filter: {
      ...(destination === undefined ? {} : { destination_id: destination }),
      ...(code === undefined ? {} : { code }),
    },
  };
}
