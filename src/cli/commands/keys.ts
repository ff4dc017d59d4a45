import type { JsonObject } from '../../json.ts';
import { API_OPTIONS, apiClient } from '../api-client.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { asItems, asObject, cell, show } from '../output.ts';

const PATH = '/v1/siem/checkpoint-keys';

export const keysCheckpoint: Command = {
  name: 'keys checkpoint',
  summary: 'Write the public key that proves checkpoints (PEM on stdout), for aegis-siem verify --key',
  examples: ['aegis-siem keys checkpoint > checkpoint-key.pem', 'aegis-siem keys checkpoint --json'],
  options: API_OPTIONS,
  async run(context) {
    const { body } = await apiClient(context).call({ method: 'GET', path: PATH });
    const keys = asItems(asObject(body)['items']);
    await show(context, body, () => pemOf(keys[0]));
    if (!context.json) for (const key of keys) context.io.writeError(`${lineOf(key)}\n`);
    return EXIT.ok;
  },
};

export const keysRotate: Command = {
  name: 'keys rotate',
  summary: 'Make a new key for checkpoints; the old one vouches for it in each stream',
  examples: ['aegis-siem keys rotate > new-checkpoint-key.pem'],
  options: API_OPTIONS,
  async run(context) {
    const { body } = await apiClient(context).call({ method: 'POST', path: PATH, body: {} });
    const key = asObject(body);
    await show(context, body, () => pemOf(key));
    if (!context.json) context.io.writeError(`${lineOf(key)}\n`);
    return EXIT.ok;
  },
};

function pemOf(key: JsonObject | undefined): string {
  const pem = key?.['public_key_pem'];
  return typeof pem === 'string' ? pem : '';
}

function lineOf(key: JsonObject): string {
  const use = key['signs'] === true ? 'signs' : 'signed before';
  return `key ${cell(key['key_id'])} of ${cell(key['created_at'])}: ${use}`;
}
