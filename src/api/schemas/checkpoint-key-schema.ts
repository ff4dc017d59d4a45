import { timeSchema } from './delivery-schema.ts';

export const checkpointKeySchema = {
  $id: 'CheckpointKey',
  type: 'object',
  required: ['key_id', 'algorithm', 'public_key_pem', 'created_at', 'signs'],
  properties: {
    key_id: { type: 'string', description: 'First 16 hex digits of the SHA-256 of the public key (DER)' },
    algorithm: { type: 'string', enum: ['ed25519'] },
    public_key_pem: { type: 'string', description: 'For aegis-siem verify --key' },
    created_at: timeSchema,
    signs: {
      type: 'boolean',
      description: 'The newest key; each stream goes over to it at its next checkpoint',
    },
  },
  additionalProperties: false,
} as const;
