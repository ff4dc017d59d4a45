import { timeOrNullSchema } from './delivery-schema.ts';

export const newSessionSchema = {
  $id: 'NewSession',
  type: 'object',
  required: ['api_key'],
  properties: {
    api_key: { type: 'string', minLength: 1, maxLength: 200, description: 'aegis_<id>_<secret>' },
  },
  additionalProperties: false,
} as const;

export const whoAmISchema = {
  $id: 'WhoAmI',
  type: 'object',
  required: ['kind', 'actor', 'name', 'workspace_id', 'scopes', 'expires_at', 'idle_until'],
  properties: {
    kind: { type: 'string', enum: ['api_key', 'session', 'token'] },
    actor: { type: 'string', description: 'As in the audit trail' },
    name: { type: 'string' },
    workspace_id: { type: ['string', 'null'], description: 'null: all workspaces' },
    scopes: { type: 'array', items: { type: 'string' } },
    expires_at: {
      ...timeOrNullSchema,
      description: 'The session (or key) ends then, however much it is used',
    },
    idle_until: {
      ...timeOrNullSchema,
      description: 'The session ends then unless it is used; null for a key',
    },
  },
  additionalProperties: false,
} as const;

export const signInWaysSchema = {
  type: 'object',
  required: ['api_key', 'oidc'],
  properties: {
    api_key: { type: 'boolean' },
    oidc: { type: ['string', 'null'], description: 'Where the browser goes for it' },
  },
  additionalProperties: false,
} as const;
