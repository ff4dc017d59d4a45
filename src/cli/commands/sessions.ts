import { API_OPTIONS, apiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { type Command, flagOption } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { asObject, cell, show, showList } from '../output.ts';
import { PAGING_OPTIONS, withQuery } from '../paging.ts';

const PATH = '/v1/sessions';

export const sessionsLs: Command = {
  name: 'sessions ls',
  summary: 'List who is signed in with a browser',
  examples: ['aegis-siem sessions ls'],
  options: {
    ...API_OPTIONS,
    ...PAGING_OPTIONS,
    actor: { type: 'string', value: 'ACTOR', help: 'Those of this person or key, as the audit names them' },
  },
  async run(context) {
    const path = withQuery(PATH, context, { actor: 'actor' });
    const { body } = await apiClient(context).call({ method: 'GET', path });
    await showList(
      context,
      body,
      {
        ACTOR: (item) => item['actor'],
        NAME: (item) => item['name'],
        WORKSPACE: (item) => item['workspace_id'] ?? '(all)',
        SINCE: (item) => item['started_at'],
        'ENDS IF UNUSED': (item) => item['idle_until'],
        ENDS: (item) => item['expires_at'],
      },
      'Nobody is signed in.',
    );
    return EXIT.ok;
  },
};

export const sessionsEnd: Command = {
  name: 'sessions end',
  summary: 'End the browser sessions of a person or key, or of everyone, from the next request on',
  examples: [
    'aegis-siem sessions end person:https://id.example.com#mia-1',
    'aegis-siem sessions end --everyone',
  ],
  positionals: 'ACTOR',
  minPositionals: 0,
  maxPositionals: 1,
  options: {
    ...API_OPTIONS,
    everyone: { type: 'boolean', help: 'All sessions there are, in place of those of one actor' },
  },
  async run(context) {
    const [actor] = context.positionals;
    const everyone = flagOption(context, 'everyone');
    if ((actor === undefined) !== everyone)
      throw new CliError('missing_option', 'name one of ACTOR and --everyone: whose sessions end');
    const query = actor === undefined ? 'everyone=true' : `actor=${encodeURIComponent(actor)}`;
    const { body } = await apiClient(context).call({ method: 'DELETE', path: `${PATH}?${query}` });
    await show(context, body, () => `${cell(asObject(body)['ended'])} sessions ended\n`);
    return EXIT.ok;
  },
};
