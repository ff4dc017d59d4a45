import { API_OPTIONS, apiClient } from '../api-client.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { showList } from '../output.ts';
import { PAGING_OPTIONS, withQuery } from '../paging.ts';

export const outbox: Command = {
  name: 'outbox',
  summary: 'List the deliveries that are still open',
  examples: ['aegis-siem outbox', 'aegis-siem outbox --destination 0193... --status in_flight'],
  options: {
    ...API_OPTIONS,
    ...PAGING_OPTIONS,
    destination: { type: 'string', value: 'ID', help: 'Only this destination' },
    status: { type: 'string', value: 'WORD', help: 'pending or in_flight' },
  },
  async run(context) {
    const path = withQuery('/v1/siem/outbox', context, { destination: 'destination', status: 'status' });
    const { body } = await apiClient(context).call({ method: 'GET', path });
    await showList(
      context,
      body,
      {
        STATUS: (item) => item['status'],
        DESTINATION: (item) => item['destination_name'] ?? item['destination_id'],
        RECORD: (item) => item['attestation_id'] ?? item['event_uid'],
        ATTEMPTS: (item) => item['attempts'],
        RECORDED: (item) => item['recorded_at'],
      },
      'Nothing waits: every event has been delivered, or is a dead letter ("aegis-siem dead-letters ls").',
    );
    return EXIT.ok;
  },
};
