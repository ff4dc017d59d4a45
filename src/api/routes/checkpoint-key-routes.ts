import type { FastifyInstance } from 'fastify';
import { newStoredKey } from '../../delivery/checkpoint-keyring.ts';
import type { StoredCheckpointKey } from '../../outbox/proof-store.ts';
import type { RouteParts } from '../api-parts.ts';
import { Problem } from '../problem.ts';
import { auditOf, principalOf } from '../request-context.ts';
import { problemResponses } from '../schemas/problem-schema.ts';
import { timeText } from '../time-text.ts';

const PATH = '/v1/siem/checkpoint-keys';
const BASE64_LINE = /.{1,64}/g;

/** The public keys that checkpoints are signed with, and a new one. Private parts never leave the store. */
export function checkpointKeyRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { admin, proof } = parts.store;

  app.get(
    PATH,
    {
      config: { scope: 'audit:read' },
      schema: {
        summary: 'List the public keys of checkpoints, newest first',
        tags: ['proof'],
        response: {
          200: {
            description: 'All of them',
            type: 'object',
            required: ['items', 'next_cursor'],
            properties: {
              items: { type: 'array', items: { $ref: 'CheckpointKey#' } },
              next_cursor: { type: 'null' },
            },
            additionalProperties: false,
          },
          ...problemResponses,
        },
      },
    },
    async () => {
      const keys = await proof.checkpointKeys();
      return { items: keys.map((key, index) => view(key, index === 0)), next_cursor: null };
    },
  );

  app.post(
    PATH,
    {
      config: { scope: 'admin', audit: 'checkpoint_key.rotated' },
      schema: {
        summary: 'Make a new key for checkpoints',
        description:
          'Each stream goes over to it by a checkpoint that the old key signs and that names the new one: who pinned the old key need not pin another.',
        tags: ['proof'],
        body: { type: ['object', 'null'], additionalProperties: false },
        response: { 201: { description: 'The new key', $ref: 'CheckpointKey#' }, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { workspaceId } = principalOf(request);
      if (workspaceId !== undefined) {
        throw new Problem('workspace_forbidden', 'Checkpoints of all workspaces are signed with one key.');
      }
      const [newest] = await proof.checkpointKeys();
      const key = newStoredKey(parts.sealer, parts.clock.nowMs());
      const after = { key_id: key.keyId, public_key: key.publicKey };
      const audit = auditOf(parts, request, {
        action: 'checkpoint_key.rotated',
        subjectId: key.keyId,
        after,
      });
      if (!(await admin.addCheckpointKey(key, newest?.keyId, audit))) {
        throw new Problem('stale_version', 'Another key was made at the same moment; look at it first.');
      }
      return reply.code(201).send(view(key, true));
    },
  );
}

function view({ keyId, publicKey, createdAtMs }: StoredCheckpointKey, signs: boolean): object {
  const lines = publicKey.match(BASE64_LINE) ?? [];
  return {
    key_id: keyId,
    algorithm: 'ed25519',
    public_key_pem: `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`,
    created_at: timeText(createdAtMs),
    signs,
  };
}
