import type { JsonValue } from '../../json.ts';
import { API_OPTIONS, apiClient } from '../api-client.ts';
import { callConfirmed, CONFIRM_OPTION } from '../call-confirmed.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, flagOption, type OptionSpec, textOption } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { asObject, cell, show, showList } from '../output.ts';
import { PAGING_OPTIONS, withQuery } from '../paging.ts';

const PATH = '/v1/siem/dead-letters';

const TIME_OPTIONS = {
  from: { type: 'string', value: 'TIME', help: 'Went dead at this time or later (RFC 3339)' },
  to: { type: 'string', value: 'TIME', help: 'Went dead before this time (RFC 3339)' },
} as const satisfies Record<string, OptionSpec>;

/** Option -> field of a filter. */
const FILTER_FIELDS = {
  destination: 'destination_id',
  code: 'code',
  attestation: 'attestation_id',
  from: 'from',
  to: 'to',
} as const;

const SELECTION_OPTIONS = {
  destination: { type: 'string', value: 'ID', help: 'Every dead letter of this destination' },
  code: { type: 'string', value: 'CODE', help: 'Every dead letter with this reason' },
  attestation: { type: 'string', value: 'ID', help: 'Every dead letter of this attestation' },
  ...TIME_OPTIONS,
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
    attestation: { type: 'string', value: 'ID', help: 'Only this attestation' },
    ...TIME_OPTIONS,
  },
  async run(context) {
    const names = ['destination', 'code', 'status', 'attestation', 'from', 'to'];
    const path = withQuery(PATH, context, Object.fromEntries(names.map((name) => [name, name])));
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
  examples: [
    'aegis-siem dead-letters skip 0193476d-3f10-7a51-8c3e-5a8d0c1b2e03 --reason "test data"',
    'aegis-siem dead-letters skip --code refused_by_destination --reason "test data" --yes',
  ],
  positionals: '[ID...]',
  maxPositionals: 1_000,
  options: {
    ...API_OPTIONS,
    ...SELECTION_OPTIONS,
    reason: { type: 'string', value: 'TEXT', help: 'Why; kept with the dead letter and in the audit trail' },
    ...CONFIRM_OPTION,
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
  const answer = await callConfirmed(context, apiClient(context), (confirm) => ({
    method: 'POST',
    path: `${PATH}/${word}`,
    body: { ...body, ...(confirm === undefined ? {} : { confirm }) },
  }));
  const ids = asObject(answer.body)['ids'];
  const count = Array.isArray(ids) ? ids.length : 0;
  await show(context, answer.body, () =>
    Array.isArray(ids) ? ids.map((id: JsonValue) => `${cell(id)}\n`).join('') : '',
  );
  context.io.writeError(`${dryRun ? 'would ' : ''}${word}: ${count}\n`);
  if (asObject(answer.body)['more'] === true) context.io.writeError('there may be more: run it again\n');
  return EXIT.ok;
}

function selection(context: CommandContext): Record<string, JsonValue> {
  const filter: Record<string, JsonValue> = {};
  for (const [option, field] of Object.entries(FILTER_FIELDS)) {
    const value = textOption(context, option);
    if (value !== undefined) filter[field] = value;
  }
  const options = Object.keys(FILTER_FIELDS).map((option) => `--${option}`);
  const ids = context.positionals;
  const hasFilter = Object.keys(filter).length > 0;
  if (ids.length > 0 && hasFilter) {
    throw new CliError('two_selections', `name either ids or a filter (${options.join(', ')}), not both`);
  }
  if (ids.length > 0) return { ids };
  if (!hasFilter) {
    throw new CliError('no_selection', `name the dead letters: ids, or a filter (${options.join(', ')})`);
  }
  return { filter };
}
