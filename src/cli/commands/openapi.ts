import { API_OPTIONS, apiClient } from '../api-client.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const openapi: Command = {
  name: 'openapi',
  summary: 'Print the OpenAPI document of a running service',
  examples: ['aegis-siem openapi > openapi.json'],
  options: API_OPTIONS,
  async run(context) {
    const { body } = await apiClient(context).call({ method: 'GET', path: '/openapi.json' });
    await context.io.writeOut(`${JSON.stringify(body, null, 2)}\n`);
    return EXIT.ok;
  },
};
