import type { JsonObject, JsonValue } from '../../json.ts';
import { API_OPTIONS, apiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, flagOption, textOption, textOptions } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { findDestination } from '../find-destination.ts';
import { asObject, cell, show, showList } from '../output.ts';
import { PAGING_OPTIONS, withQuery } from '../paging.ts';

const PATH = '/v1/siem/replays';

export const replayStart: Command = {
  name: 'replay start',
  summary: 'Send records again in the background; says first what that would do',
  examples: [
    'aegis-siem replay start splunk-prod --from 2026-11-24T14:00:00Z --to 2026-11-24T15:00:00Z --dry-run',
    'aegis-siem replay start splunk-prod --missing-since 2026-11-24T00:00:00Z --rate 500 --reason "index was restored"',
    'aegis-siem replay start splunk-prod --attestation 0193476d-3f10-7a51-8c3e-5a8d0c1b2e03',
  ],
  positionals: 'NAME|ID',
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    ...API_OPTIONS,
    from: { type: 'string', value: 'TIME', help: 'Records recorded at this time or later (RFC 3339)' },
    to: { type: 'string', value: 'TIME', help: 'With --from: and before this time (default: now)' },
    'missing-since': {
      type: 'string',
      value: 'TIME',
      help: 'Records since then of which the destination has no trace',
    },
    attestation: {
      type: 'string',
      value: 'ID',
      multiple: true,
      help: 'This attestation; may be given often',
    },
    rate: { type: 'string', value: 'N', help: 'At most so many records a second' },
    'dry-run': { type: 'boolean', help: 'Say what it would do, and begin nothing' },
    reason: { type: 'string', value: 'TEXT', help: 'Why; kept with the replay and in the audit trail' },
  },
  async run(context) {
    const chosen = selection(context);
    const client = apiClient(context);
    const destination = await findDestination(client, context.positionals[0] ?? '');
    const dryRun = flagOption(context, 'dry-run');
    const reason = textOption(context, 'reason');
    const answer = await client.call({
      method: 'POST',
      path: PATH,
      body: {
        destination_id: destination['destination_id'] ?? '',
        ...chosen,
        ...rateOf(context),
        dry_run: dryRun,
        ...(reason === undefined ? {} : { reason }),
      },
    });
    const body = asObject(answer.body);
    const replayId = asObject(body['replay'])['replay_id'];
    await show(
      context,
      body,
      () => effectText(asObject(body['effect'])) + (dryRun ? '' : `${cell(replayId)}\n`),
    );
    context.io.writeError(
      dryRun
        ? 'nothing was begun: leave --dry-run out\n'
        : `see how far it is: aegis-siem replay show ${cell(replayId)}\n`,
    );
    return EXIT.ok;
  },
};

export const replayLs: Command = {
  name: 'replay ls',
  summary: 'List replays and backfills, newest first',
  examples: ['aegis-siem replay ls', 'aegis-siem replay ls --destination 0193... --json'],
  options: {
    ...API_OPTIONS,
    ...PAGING_OPTIONS,
    destination: { type: 'string', value: 'ID', help: 'Only this destination' },
  },
  async run(context) {
    const path = withQuery(PATH, context, { destination: 'destination' });
    const { body } = await apiClient(context).call({ method: 'GET', path });
    await showList(
      context,
      body,
      {
        REPLAY: (item) => item['replay_id'],
        STATUS: (item) => item['status'],
        ORIGIN: (item) => item['origin'],
        DELIVERED: (item) => asObject(item['progress'])['delivered'],
        DEAD: (item) => asObject(item['progress'])['dead'],
        REMAINING: (item) => asObject(item['progress'])['remaining'],
        DESTINATION: (item) => item['destination_id'],
        NOTE: (item) => item['note'],
      },
      'Nothing was sent again so far.',
    );
    return EXIT.ok;
  },
};

export const replayShow: Command = {
  name: 'replay show',
  summary: 'Show how far a replay is',
  examples: ['aegis-siem replay show 0193476d-3f10-7a51-8c3e-5a8d0c1b2e03'],
  positionals: 'ID',
  minPositionals: 1,
  maxPositionals: 1,
  options: API_OPTIONS,
  async run(context) {
    const { body } = await apiClient(context).call({ method: 'GET', path: pathOf(context) });
    await show(context, body, () => replayText(asObject(body)));
    return EXIT.ok;
  },
};

export const replayPause = changeCommand('pause', 'Pause a replay; the batch on its way is still delivered');
export const replayResume = changeCommand('resume', 'Go on with a paused replay');
export const replayCancel = changeCommand('cancel', 'End a replay; the batch on its way is still delivered');

function changeCommand(word: 'pause' | 'resume' | 'cancel', summary: string): Command {
  return {
    name: `replay ${word}`,
    summary,
    examples: [`aegis-siem replay ${word} 0193476d-3f10-7a51-8c3e-5a8d0c1b2e03`],
    positionals: 'ID',
    minPositionals: 1,
    maxPositionals: 1,
    options: API_OPTIONS,
    async run(context) {
      const client = apiClient(context);
      const { body } = await client.call({ method: 'POST', path: `${pathOf(context)}/${word}`, body: {} });
      await show(context, body, () => `${cell(asObject(body)['status'])}\n`);
      return EXIT.ok;
    },
  };
}

function pathOf(context: CommandContext): string {
  return `${PATH}/${encodeURIComponent(context.positionals[0] ?? '')}`;
}

function selection(context: CommandContext): Record<string, JsonValue> {
  const from = textOption(context, 'from');
  const to = textOption(context, 'to');
  const since = textOption(context, 'missing-since');
  const ids = textOptions(context, 'attestation');
  const given = [from !== undefined, since !== undefined, ids.length > 0].filter(Boolean).length;
  if (given !== 1) {
    throw new CliError(
      given === 0 ? 'no_selection' : 'two_selections',
      'name one: --from (with or without --to), --missing-since, or --attestation',
    );
  }
  if (since !== undefined) return { missing_since: since };
  if (ids.length > 0) return { attestation_ids: ids };
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function rateOf(context: CommandContext): Record<string, JsonValue> {
  const text = textOption(context, 'rate');
  if (text === undefined) return {};
  if (!/^[1-9][0-9]{0,4}$/.test(text)) {
    throw new CliError('bad_rate', `--rate: "${text}" is no whole number of records a second`);
  }
  return { rate_per_second: Number(text) };
}

function effectText(effect: JsonObject): string {
  const leftOut = asObject(effect['left_out']);
  const unknown = effect['unknown_attestation_ids'];
  const atLeast = effect['records_at_least'] === true ? 'at least ' : '';
  const lines: [string, string][] = [
    ['records', `${atLeast}${cell(effect['records'])}`],
    ['recorded', `${cell(effect['oldest_recorded_at'])} .. ${cell(effect['newest_recorded_at'])}`],
    ['delivered before', cell(effect['expected_duplicates'])],
    ['left out: open', cell(leftOut['open'])],
    ['left out: dead letters', cell(leftOut['dead_letters'])],
    ['oldest receipt kept', cell(effect['oldest_receipt_at'])],
  ];
  if (effect['at_least_seconds'] !== null) lines.push(['seconds at least', cell(effect['at_least_seconds'])]);
  if (Array.isArray(unknown) && unknown.length > 0) {
    lines.push(['unknown attestations', unknown.map((id: JsonValue) => cell(id)).join(' ')]);
  }
  return table(lines);
}

function replayText(replay: JsonObject): string {
  const flat = { ...replay, selection: undefined, progress: undefined };
  const selected = Object.entries(asObject(replay['selection'])).map(
    ([name, value]) => `${name} ${cell(value)}`,
  );
  return table([
    ...Object.entries(flat).flatMap(([name, value]): [string, string][] =>
      value === undefined || value === null ? [] : [[name, cell(value)]],
    ),
    ['selection', selected.join(', ')],
    ...Object.entries(asObject(replay['progress'])).map(([name, value]): [string, string] => [
      name,
      cell(value),
    ]),
  ]);
}

function table(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}
