import { SCOPES } from '../scopes.ts';
import { timeOrNullSchema, timeSchema, uuidSchema } from './delivery-schema.ts';
import { lineOfText } from './plain-text-schema.ts';

const name = lineOfText(200);
const workspaceId = lineOfText(256);

export const newApiKeySchema = {
  $id: 'NewApiKey',
  type: 'object',
  required: ['name', 'scopes'],
  properties: {
    name,
    workspace_id: {
      ...workspaceId,
      description: 'Absent: every workspace (only with the scope admin of such a key)',
    },
    scopes: {
      type: 'array',
      minItems: 1,
      maxItems: SCOPES.length,
      uniqueItems: true,
      items: { type: 'string', enum: SCOPES },
    },
    expires_at: { type: 'string', maxLength: 40, description: 'RFC 3339, in the future' },
  },
  additionalProperties: false,
} as const;

export const apiKeySchema = {
  $id: 'ApiKey',
  type: 'object',
  required: ['api_key_id', 'name', 'workspace_id', 'scopes', 'created_at', 'expires_at', 'revoked_at'],
  properties: {
    api_key_id: uuidSchema,
    name: { type: 'string' },
    workspace_id: { type: ['string', 'null'] },
    scopes: { type: 'array', items: { type: 'string' } },
    created_at: timeSchema,
    expires_at: timeOrNullSchema,
    last_used_at: { ...timeOrNullSchema, description: 'To the minute' },
    revoked_at: timeOrNullSchema,
  },
  additionalProperties: false,
} as const;

export const madeApiKeySchema = {
  type: 'object',
  required: ['api_key_id', 'key'],
  properties: {
    api_key_id: uuidSchema,
    key: { type: 'string', description: 'Shown this once; only its SHA-256 is kept' },
  },
  additionalProperties: false,
} as const;

export const auditRecordSchema = {
  $id: 'AuditRecord',
  type: 'object',
  required: [
    'audit_id',
    'at',
    'workspace_id',
    'actor',
    'action',
    'subject_id',
    'request_id',
    'before',
    'after',
  ],
  properties: {
    audit_id: { type: 'string' },
    at: timeSchema,
    workspace_id: { type: 'string' },
    actor: { type: 'string' },
    action: { type: 'string' },
    subject_id: { type: 'string' },
    request_id: { type: ['string', 'null'] },
    before: { description: 'What it was; secrets as fingerprints' },
    after: { description: 'What it is now; secrets as fingerprints' },
  },
  additionalProperties: false,
} as const;
