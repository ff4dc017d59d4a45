import { timeOrNullSchema, timeSchema } from './delivery-schema.ts';

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

export const sessionSchema = {
  $id: 'Session',
  type: 'object',
  required: [
    'actor',
    'name',
    'workspace_id',
    'scopes',
    'started_at',
    'idle_until',
    'expires_at',
    'is_this_one',
  ],
  properties: {
    actor: { type: 'string', description: 'Whose it is, as in the audit trail' },
    name: { type: 'string' },
    workspace_id: { type: ['string', 'null'], description: 'null: all workspaces' },
    scopes: { type: 'array', items: { type: 'string' }, description: 'What it was begun with' },
    started_at: timeSchema,
    idle_until: { ...timeSchema, description: 'Ends then unless it is used' },
    expires_at: { ...timeSchema, description: 'Ends then, however much it is used' },
    is_this_one: { type: 'boolean', description: 'It carries this request' },
  },
  additionalProperties: false,
} as const;

/** The longest name of an actor: `person:`, an issuer and a subject. */
const MAX_ACTOR_CHARS = 1_000;

/** Whose sessions; a text that is no actor of ours has none. */
export const actorQuerySchema = {
  type: 'string',
  minLength: 1,
  maxLength: MAX_ACTOR_CHARS,
  description: 'Those of this person or key, as the audit trail names them',
} as const;

export const endedSessionsSchema = {
  type: 'object',
  required: ['ended'],
  properties: { ended: { type: 'integer', description: 'Sessions that ended' } },
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
