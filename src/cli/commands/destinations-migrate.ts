import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../json.ts';
import { API_OPTIONS, type ApiClient, apiClient } from '../api-client.ts';
import { callConfirmed, CONFIRM_OPTION } from '../call-confirmed.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, flagOption, textOption } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { DESTINATIONS_PATH, findDestination } from '../find-destination.ts';
import { readJsonObject } from '../json-file.ts';
import { compareDeliveries } from '../migration/compare-deliveries.ts';
import { deliveredRecords } from '../migration/delivered-records.ts';
import { type MigrationLook, migrationAnswer, migrationText } from '../migration/migration-report.ts';
import { checkOld, findTwin, makeTwin } from '../migration/migration-twin.ts';
import { type MigrationVerdict, migrationVerdict } from '../migration/migration-verdict.ts';
import { asObject, cell, show } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';

const LOOK_AGAIN_MS = 2_000;
const MAX_WAIT_SECONDS = 86_400;

export const destinationsMigrate: Command = {
  name: 'destinations migrate',
  summary: 'Move a Sentinel destination from the HTTP Data Collector API to a data collection rule',
  examples: [
    'aegis-siem destinations migrate sentinel-old --config sentinel.json --credentials -',
    'aegis-siem destinations migrate sentinel-old --wait 600',
    'aegis-siem destinations migrate sentinel-old --switch',
    'aegis-siem destinations migrate sentinel-old --switch --remove',
  ],
  positionals: 'NAME|ID',
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    ...API_OPTIONS,
    name: { type: 'string', value: 'NAME', help: 'Name of the twin (default: the old name with "-dcr")' },
    config: { type: 'string', value: 'FILE', help: 'To make the twin: JSON object with its public settings' },
    credentials: {
      type: 'string',
      value: 'FILE',
      help: 'To make the twin: JSON object with its credentials ("-" for stdin)',
    },
    'backfill-from': {
      type: 'string',
      value: 'TIME',
      help: 'To make the twin: give it what was recorded since then, too (RFC 3339)',
    },
    since: {
      type: 'string',
      value: 'TIME',
      help: 'Compare what was recorded since then (default: since the twin takes decisions)',
    },
    wait: { type: 'string', value: 'SECONDS', help: 'Look again until they agree, for so long' },
    switch: { type: 'boolean', help: 'Disable the old one, if the twin has everything that it was given' },
    remove: {
      type: 'boolean',
      help: 'With --switch: delete the old one afterwards, with what still waits for it',
    },
    ...CONFIRM_OPTION,
  },
  async run(context) {
    if (flagOption(context, 'remove') && !flagOption(context, 'switch')) {
      throw new CliError('bad_options', '--remove goes with --switch');
    }
    const waitMs = waitOf(context);
    const client = apiClient(context);
    const old = await findDestination(client, context.positionals[0] ?? '');
    checkOld(old);
    const twin = await twinOf(context, client, old);
    const since = textOption(context, 'since') ?? cell(twin['active_since']);
    const found = await lookUntil(context, client, { old, twin, since, waitMs });
    const state = await switchOver(context, client, { old, twin, verdict: found.verdict });
    const report = { old, twin, since, ...found, state };
    await show(context, migrationAnswer(report), () => migrationText(report));
    return found.verdict.maySwitch ? EXIT.ok : EXIT.refused;
  },
};

async function twinOf(context: CommandContext, client: ApiClient, old: JsonObject): Promise<JsonObject> {
  const name = textOption(context, 'name') ?? `${cell(old['name'])}-dcr`;
  const config = textOption(context, 'config');
  const known = await findTwin(client, old, name);
  if (known !== undefined) {
    if (config !== undefined) {
      context.io.writeError(
        `${cell(name)} is there already and stays as it is; change it with "aegis-siem destinations update"\n`,
      );
    }
    return known;
  }
  if (config === undefined) {
    throw new CliError(
      'missing_option',
      `there is no "${name}" yet: --config and --credentials are needed to make it`,
    );
  }
  const credentials = textOption(context, 'credentials');
  const backfillFrom = textOption(context, 'backfill-from');
  const given = await readJsonObject(context, config, '--config');
  const made = await makeTwin(client, old, name, {
    config: given,
    ...(credentials === undefined
      ? {}
      : { credentials: await readJsonObject(context, credentials, '--credentials') }),
    ...(backfillFrom === undefined ? {} : { backfillFrom }),
  });
  context.io.writeError(`made ${cell(name)}, which gets every decision from now on beside the old one\n`);
  if (given['tls'] === undefined && asObject(made['config'])['tls'] !== undefined)
    context.io.writeError(`it takes over the certificates of ${cell(old['name'])} (tls)\n`);
  const verdict = asObject(
    (await client.call({ method: 'POST', path: `${pathOf(made)}/test`, body: {} })).body,
  );
  context.io.writeError(
    verdict['ok'] === true
      ? 'its test event was taken\n'
      : `its test event was not taken: ${cell(verdict['message'])} ${cell(verdict['advice'])} Decisions wait for it meanwhile.\n`,
  );
  return made;
}

/** Looks once, or again until the twin has everything. */
async function lookUntil(
  context: CommandContext,
  client: ApiClient,
  { old, twin, since, waitMs }: { old: JsonObject; twin: JsonObject; since: string; waitMs: number },
): Promise<MigrationLook> {
  const { io } = context;
  const progress = new ProgressLine(io);
  const deadline = performance.now() + waitMs;
  for (;;) {
    const found = await look(client, old, twin, since);
    const isOver = found.verdict.word === 'agree' || performance.now() >= deadline || io.signal.aborted;
    progress.clear();
    if (isOver) return found;
    progress.show(found.verdict.text);
    await sleep(LOOK_AGAIN_MS, undefined, { signal: io.signal }).catch(() => undefined);
  }
}

async function look(
  client: ApiClient,
  old: JsonObject,
  twin: JsonObject,
  from: string,
): Promise<MigrationLook> {
  const span = { from, to: new Date().toISOString() };
  const records = (of: JsonObject) => deliveredRecords(client, cell(of['destination_id']), span);
  const comparison = await compareDeliveries(records(old), records(twin));
  const health = asObject((await client.call({ method: 'GET', path: `${pathOf(old)}/health` })).body);
  const waitsSince = health['oldest_open_at'];
  return {
    comparison,
    verdict: migrationVerdict(comparison, from, typeof waitsSince === 'string' ? waitsSince : undefined),
  };
}

/** Answers the state of the old one afterwards. */
async function switchOver(
  context: CommandContext,
  client: ApiClient,
  { old, twin, verdict }: { old: JsonObject; twin: JsonObject; verdict: MigrationVerdict },
): Promise<string> {
  const state = cell(old['state']);
  if (!flagOption(context, 'switch')) return state;
  if (!verdict.maySwitch) {
    context.io.writeError('not switched: the twin does not have everything yet\n');
    return state;
  }
  if (twin['state'] !== 'active') {
    throw new CliError(
      'twin_not_active',
      `the twin is ${cell(twin['state'])}: nothing was switched`,
      EXIT.refused,
    );
  }
  if (state !== 'disabled') {
    await client.call({
      method: 'PATCH',
      path: pathOf(old),
      body: { enabled: false },
      // As it was looked at: a change by somebody else in between is no reason to switch.
      headers: { 'if-match': `"${cell(old['version'])}"` },
    });
  }
  if (!flagOption(context, 'remove')) return 'disabled';
  const query = new URLSearchParams({ open: 'skip', reason: `moved to ${cell(twin['name'])}` });
  await callConfirmed(context, client, (confirm) => {
    if (confirm !== undefined) query.set('confirm', confirm);
    return { method: 'DELETE', path: `${pathOf(old)}?${query.toString()}` };
  });
  return 'deleted';
}

function waitOf(context: CommandContext): number {
  const given = textOption(context, 'wait');
  if (given === undefined) return 0;
  const seconds = Number(given);
  if (seconds >= 0 && seconds <= MAX_WAIT_SECONDS) return seconds * 1_000;
  throw new CliError('bad_wait', `--wait: "${given}" is not a number of seconds up to ${MAX_WAIT_SECONDS}`);
}

function pathOf(destination: JsonObject): string {
  return `${DESTINATIONS_PATH}/${encodeURIComponent(cell(destination['destination_id']))}`;
}
