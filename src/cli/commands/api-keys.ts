import type { JsonValue } from '../../json.ts';
import { API_OPTIONS, apiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { type Command, textOption, textOptions } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { asObject, cell, show, showList } from '../output.ts';
import { PAGING_OPTIONS, withQuery } from '../paging.ts';

const PATH = '/v1/api-keys';

export const apiKeysLs: Command = {
  name: 'api-keys ls',
  summary: 'List API keys, without their secrets',
  examples: ['aegis-siem api-keys ls'],
  options: { ...API_OPTIONS, ...PAGING_OPTIONS },
  async run(context) {
    const { body } = await apiClient(context).call({ method: 'GET', path: withQuery(PATH, context, {}) });
    await showList(
      context,
      body,
      {
        'API KEY': (item) => item['api_key_id'],
        NAME: (item) => item['name'],
        WORKSPACE: (item) => item['workspace_id'] ?? '(all)',
        STATE: (item) => (item['revoked_at'] === null ? (item['expires_at'] ?? 'no end') : 'revoked'),
        'LAST USED': (item) => item['last_used_at'],
        SCOPES: (item) => (Array.isArray(item['scopes']) ? item['scopes'].join(' ') : null),
      },
      'There is no API key.',
    );
    return EXIT.ok;
  },
};

export const apiKeysCreate: Command = {
  name: 'api-keys create',
  summary: 'Make an API key; its text is shown this once',
  examples: [
    'aegis-siem api-keys create recorder --workspace ws-1 --scope attestations:write',
    'aegis-siem api-keys create viewer --scope destinations:read --scope deliveries:read --expires-at 2027-01-31T00:00:00Z',
  ],
  positionals: 'NAME',
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    ...API_OPTIONS,
    scope: { type: 'string', multiple: true, value: 'SCOPE', help: 'What it may do; give it once for each' },
    workspace: { type: 'string', value: 'ID', help: 'Bind it to this workspace; else it is of all' },
    'expires-at': { type: 'string', value: 'TIME', help: 'When it ends by itself (RFC 3339)' },
  },
  async run(context) {
    const scopes = textOptions(context, 'scope');
    if (scopes.length === 0) throw new CliError('missing_option', '--scope is needed, once for each scope');
    const workspace = textOption(context, 'workspace');
    const expiresAt = textOption(context, 'expires-at');
    const body: Record<string, JsonValue> = {
      name: context.positionals[0] ?? '',
      scopes: [...scopes],
      ...(workspace === undefined ? {} : { workspace_id: workspace }),
      ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    };
    const answer = await apiClient(context).call({ method: 'POST', path: PATH, body });
    const made = asObject(answer.body);
    context.io.writeError(`made ${cell(made['api_key_id'])}; keep the key now, it is not shown again\n`);
    await show(context, answer.body, () => `${cell(made['key'])}\n`);
    return EXIT.ok;
  },
};

export const apiKeysRevoke: Command = {
  name: 'api-keys revoke',
  summary: 'Revoke an API key, and the sessions begun with it, from the next request on',
  examples: ['aegis-siem api-keys revoke 0193476d-3f10-7a51-8c3e-5a8d0c1b2e03'],
  positionals: 'ID',
  minPositionals: 1,
  maxPositionals: 1,
  options: API_OPTIONS,
  async run(context) {
    const id = context.positionals[0] ?? '';
    await apiClient(context).call({ method: 'DELETE', path: `${PATH}/${encodeURIComponent(id)}` });
    await show(context, { revoked: id }, () => `revoked ${cell(id)}\n`);
    return EXIT.ok;
  },
};
