import { API_OPTIONS, apiClient } from '../api-client.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { showList } from '../output.ts';
import { PAGING_OPTIONS, withQuery } from '../paging.ts';

const FILTERS = ['subject', 'actor', 'action', 'from', 'to'] as const;

export const audit: Command = {
  name: 'audit',
  summary: 'List who changed what, newest first',
  examples: [
    'aegis-siem audit --action destination.changed',
    'aegis-siem audit --actor api_key:0193... --from 2026-11-24T00:00:00Z',
  ],
  options: {
    ...API_OPTIONS,
    ...PAGING_OPTIONS,
    subject: { type: 'string', value: 'ID', help: 'Only what was done to this destination, key or replay' },
    actor: { type: 'string', value: 'WHO', help: 'Only what this one did, such as api_key:ID' },
    action: { type: 'string', value: 'WORD', help: 'Only this, such as destination.changed' },
    from: { type: 'string', value: 'TIME', help: 'Done at this time or later (RFC 3339)' },
    to: { type: 'string', value: 'TIME', help: 'Done before this time (RFC 3339)' },
  },
  async run(context) {
    const path = withQuery('/v1/audit', context, Object.fromEntries(FILTERS.map((name) => [name, name])));
    const { body } = await apiClient(context).call({ method: 'GET', path });
    await showList(
      context,
      body,
      {
        TIME: (item) => item['at'],
        ACTOR: (item) => item['actor'],
        ACTION: (item) => item['action'],
        SUBJECT: (item) => item['subject_id'],
        WORKSPACE: (item) => item['workspace_id'],
      },
      'Nothing in the audit trail matches.',
    );
    return EXIT.ok;
  },
};
