import type { JsonObject, JsonValue } from '../../json.ts';
import { API_OPTIONS, apiClient } from '../api-client.ts';
import { callConfirmed, CONFIRM_OPTION } from '../call-confirmed.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, flagOption, textOption } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { DESTINATIONS_PATH, findDestination } from '../find-destination.ts';
import { readJsonObject } from '../json-file.ts';
import { asItems, asObject, cell, show, showList } from '../output.ts';
import { PAGING_OPTIONS, withQuery } from '../paging.ts';

const PATH = DESTINATIONS_PATH;

export const destinationsLs: Command = {
  name: 'destinations ls',
  summary: 'List the SIEM destinations',
  examples: ['aegis-siem destinations ls', 'aegis-siem destinations ls --json'],
  options: { ...API_OPTIONS, ...PAGING_OPTIONS },
  async run(context) {
    const { body } = await apiClient(context).call({ method: 'GET', path: withQuery(PATH, context, {}) });
    await showList(
      context,
      body,
      {
        NAME: (item) => item['name'],
        TYPE: (item) => item['type'],
        STATE: (item) => item['state'],
        HEALTH: (item) => asObject(item['health'])['state'],
        WORKSPACE: (item) => item['workspace_id'],
        ID: (item) => item['destination_id'],
      },
      'There is no destination yet. Make one with "aegis-siem destinations create".',
    );
    return EXIT.ok;
  },
};

export const destinationsShow: Command = {
  name: 'destinations show',
  summary: 'Show one destination with its health',
  examples: ['aegis-siem destinations show splunk-prod'],
  positionals: 'NAME|ID',
  minPositionals: 1,
  maxPositionals: 1,
  options: API_OPTIONS,
  async run(context) {
    const client = apiClient(context);
    const destination = await findDestination(client, context.positionals[0] ?? '');
    const health = await client.call({ method: 'GET', path: `${pathOf(destination)}/health` });
    await show(context, { ...destination, health: health.body }, () =>
      describe(destination, asObject(health.body)),
    );
    return EXIT.ok;
  },
};

export const destinationsCreate: Command = {
  name: 'destinations create',
  summary: 'Make a destination; credentials come from a file or stdin, never from a flag',
  examples: [
    'aegis-siem destinations create --name splunk-prod --workspace ws-finance --type splunk_hec --config splunk.json --credentials -',
    'echo \'{"token":"..."}\' | aegis-siem destinations create --name s --workspace w --type splunk_hec --config c.json --credentials -',
  ],
  options: {
    ...API_OPTIONS,
    name: { type: 'string', value: 'NAME', help: 'Name, unique in the workspace' },
    workspace: { type: 'string', value: 'ID', help: 'Workspace whose decisions it gets' },
    type: {
      type: 'string',
      value: 'TYPE',
      help: 'splunk_hec, sentinel_logs_ingestion or sentinel_data_collector',
    },
    config: { type: 'string', value: 'FILE', help: 'JSON object with the public settings ("-" for stdin)' },
    credentials: { type: 'string', value: 'FILE', help: 'JSON object with the credentials ("-" for stdin)' },
    sources: {
      type: 'string',
      value: 'LIST',
      help: 'What it gets, with commas: attestations, admin (what happens to the service), external; all by default',
    },
    disabled: { type: 'boolean', help: 'Make it, but take no rows yet' },
    'backfill-from': {
      type: 'string',
      value: 'TIME',
      help: 'Give it what was recorded since then (RFC 3339), by a replay that begins at once',
    },
  },
  async run(context) {
    if (textOption(context, 'config') === '-' && textOption(context, 'credentials') === '-') {
      throw new CliError(
        'bad_option',
        '--config and --credentials cannot both be "-": stdin holds one of them, a file the other',
      );
    }
    const backfillFrom = textOption(context, 'backfill-from');
    const sources = textOption(context, 'sources');
    const body = {
      name: needed(context, 'name'),
      workspace_id: needed(context, 'workspace'),
      type: needed(context, 'type'),
      config: await readJsonObject(context, needed(context, 'config'), '--config'),
      credentials: await readJsonObject(context, needed(context, 'credentials'), '--credentials'),
      enabled: !flagOption(context, 'disabled'),
      ...(sources === undefined ? {} : { sources: sources.split(',').map((source) => source.trim()) }),
      ...(backfillFrom === undefined ? {} : { backfill_from: backfillFrom }),
    };
    const answer = await apiClient(context).call({ method: 'POST', path: PATH, body });
    const made = asObject(answer.body);
    await show(context, made, () => `${cell(made['destination_id'])}\n`);
    context.io.writeError(
      `made ${cell(made['name'])}; try it with: aegis-siem destinations test ${cell(made['name'])}\n`,
    );
    return EXIT.ok;
  },
};

export const destinationsTest: Command = {
  name: 'destinations test',
  summary: 'Send one marked test event and say what came of it',
  examples: ['aegis-siem destinations test splunk-prod'],
  positionals: 'NAME|ID',
  minPositionals: 1,
  maxPositionals: 1,
  options: API_OPTIONS,
  async run(context) {
    const client = apiClient(context);
    const destination = await findDestination(client, context.positionals[0] ?? '');
    const { body } = await client.call({ method: 'POST', path: `${pathOf(destination)}/test`, body: {} });
    const verdict = asObject(body);
    const { runbook } = verdict;
    const page = typeof runbook === 'string' ? pageLine(runbook) : undefined;
    await show(context, verdict, () =>
      [verdict['verdict'], verdict['message'], verdict['advice'], page]
        .filter((part) => part !== undefined && part !== null && part !== '')
        .map((part) => `${cell(part)}\n`)
        .join(''),
    );
    return verdict['ok'] === true ? EXIT.ok : EXIT.refused;
  },
};

export const destinationsRotate: Command = {
  name: 'destinations rotate',
  summary: 'Put new credentials beside the old ones; they take their place once they have delivered',
  examples: [
    'aegis-siem destinations rotate splunk-prod --credentials new-token.json --expires-at 2027-06-30T00:00:00Z',
    'aegis-siem destinations rotate splunk-prod --cancel',
  ],
  positionals: 'NAME|ID',
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    ...API_OPTIONS,
    credentials: { type: 'string', value: 'FILE', help: 'JSON object with the new ones ("-" for stdin)' },
    'expires-at': { type: 'string', value: 'TIME', help: 'When they end (RFC 3339): a warning comes before' },
    cancel: { type: 'boolean', help: 'Take back those that wait' },
  },
  async run(context) {
    const client = apiClient(context);
    const expiresAt = textOption(context, 'expires-at');
    const body = flagOption(context, 'cancel')
      ? { next_credentials: null }
      : {
          next_credentials: await readJsonObject(context, needed(context, 'credentials'), '--credentials'),
          ...(expiresAt === undefined ? {} : { next_credentials_expire_at: expiresAt }),
        };
    const destination = await findDestination(client, context.positionals[0] ?? '');
    const answer = await client.call({ method: 'PATCH', path: pathOf(destination), body });
    await show(context, answer.body, () =>
      body.next_credentials === null
        ? 'taken back; the old ones stay in use\n'
        : 'they wait; revoke the old ones when "destinations show" says that next_credentials is null\n',
    );
    return EXIT.ok;
  },
};

export const destinationsPause = stateCommand('pause', 'Stop sending; rows go on being kept');
export const destinationsResume = stateCommand('resume', 'Send again after a pause');

export const destinationsRm: Command = {
  name: 'destinations rm',
  summary: 'Delete a destination; refused while events wait for it, unless they are skipped with a reason',
  examples: [
    'aegis-siem destinations rm splunk-old',
    'aegis-siem destinations rm splunk-old --skip-open --reason "replaced by splunk-prod" --yes',
  ],
  positionals: 'NAME|ID',
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    ...API_OPTIONS,
    'skip-open': { type: 'boolean', help: 'Skip the events that wait for it (needs --reason)' },
    reason: { type: 'string', value: 'TEXT', help: 'Why they are skipped; kept in the audit trail' },
    ...CONFIRM_OPTION,
  },
  async run(context) {
    const client = apiClient(context);
    const destination = await findDestination(client, context.positionals[0] ?? '');
    const query = new URLSearchParams();
    if (flagOption(context, 'skip-open')) {
      query.set('open', 'skip');
      query.set('reason', needed(context, 'reason'));
    }
    await callConfirmed(context, client, (confirm) => {
      if (confirm !== undefined) query.set('confirm', confirm);
      const suffix = query.size === 0 ? '' : `?${query.toString()}`;
      return { method: 'DELETE', path: `${pathOf(destination)}${suffix}` };
    });
    await show(
      context,
      { deleted: destination['destination_id'] ?? null },
      () => `deleted ${cell(destination['name'])}\n`,
    );
    return EXIT.ok;
  },
};

function stateCommand(word: 'pause' | 'resume', summary: string): Command {
  return {
    name: `destinations ${word}`,
    summary,
    examples: [`aegis-siem destinations ${word} splunk-prod`],
    positionals: 'NAME|ID',
    minPositionals: 1,
    maxPositionals: 1,
    options: API_OPTIONS,
    async run(context) {
      const client = apiClient(context);
      const destination = await findDestination(client, context.positionals[0] ?? '');
      const { body } = await client.call({
        method: 'POST',
        path: `${pathOf(destination)}/${word}`,
        body: {},
      });
      await show(context, body, () => `${cell(destination['name'])}: ${cell(asObject(body)['state'])}\n`);
      return EXIT.ok;
    },
  };
}

function needed(context: CommandContext, option: string): string {
  const value = textOption(context, option);
  if (value === undefined || value === '') {
    const help = destinationsCreate.options[option]?.help;
    throw new CliError('missing_option', `--${option} is needed${help === undefined ? '' : ` (${help})`}`);
  }
  return value;
}

function pathOf(destination: JsonObject): string {
  const id = destination['destination_id'];
  return `${PATH}/${encodeURIComponent(typeof id === 'string' ? id : '')}`;
}

/** The verdict and what to do first, then everything with its name, one level deep. */
function describe(destination: JsonObject, health: JsonObject): string {
  const verdict = asObject(health['verdict']);
  const { next_step: todo, runbook } = verdict;
  const alarms = asItems(health['limit_alarms']).map((alarm) => cell(alarm['message']));
  const rows = {
    ...destination,
    ...health,
    verdict: undefined,
    limit_alarms: alarms.length === 0 ? null : alarms.join(' '),
  };
  const lines = Object.entries(rows).flatMap(([name, value]) => named(name, value));
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    `${cell(verdict['text'])}\n`,
    ...(todo === null || todo === undefined ? [] : [`do: ${cell(todo)}\n`]),
    ...(typeof runbook === 'string' ? [`${pageLine(runbook)}\n`] : []),
    '\n',
    ...lines.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`),
  ].join('');
}

/** Where to read on. */
function pageLine(runbook: string): string {
  return `see: docs/operations/${runbook}.md`;
}

function named(name: string, value: JsonValue | undefined): readonly (readonly [string, string])[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) return [[name, cell(value)]];
  return Object.entries(value).flatMap(([inner, content]) =>
    content === null || content === undefined ? [] : [[`${name}.${inner}`, cell(content)] as const],
  );
}
