import type { FastifyInstance } from 'fastify';
import { rfc3339ToMs } from '../../attestation/rfc3339.ts';
import type { ApiKey } from '../../store/admin-store.ts';
import { formatApiKey, parseApiKey, SECRET_BYTES } from '../api-key-text.ts';
import type { ApiParts, RouteParts } from '../api-parts.ts';
import { pageAnswer, pageQuery, type PageParameters } from '../page.ts';
import { mayUseWorkspace, scopeOf } from '../principal.ts';
import { Problem } from '../problem.ts';
import { auditOf, principalOf } from '../request-context.ts';
import { madeApiKeySchema } from '../schemas/api-key-schema.ts';
import { pageSchema, querySchema } from '../schemas/page-schema.ts';
import { problemResponses } from '../schemas/problem-schema.ts';
import { isUuid } from '../uuid-text.ts';
import { timeOrNull, timeText } from '../time-text.ts';

interface NewApiKey {
  readonly name: string;
  readonly workspace_id?: string;
  readonly scopes: readonly string[];
  readonly expires_at?: string;
}

/** A key as kept and the text that is shown once. Used by the API and by the first start. */
export function makeApiKey(
  parts: Pick<ApiParts, 'clock' | 'random'>,
  draft: Pick<ApiKey, 'name' | 'scopes' | 'workspaceId' | 'expiresAtMs'>,
): { readonly key: ApiKey; readonly text: string } {
  const apiKeyId = parts.random.uuid();
  const text = formatApiKey(apiKeyId, parts.random.bytes(SECRET_BYTES));
  const made = parseApiKey(text);
  if (made === undefined) throw new Error('a key that was just made cannot be read');
  return {
    text,
    key: { ...draft, apiKeyId, secretSha256: made.secretSha256, createdAtMs: parts.clock.nowMs() },
  };
}

/** API keys: made (shown once), listed, revoked. Only with the scope `admin`. */
export function apiKeyRoutes(app: FastifyInstance, parts: RouteParts): void {
  app.post<{ Body: NewApiKey }>(
    '/v1/api-keys',
    {
      config: { scope: 'admin', audit: 'api_key.created' },
      schema: {
        summary: 'Make an API key',
        tags: ['administration'],
        body: { $ref: 'NewApiKey#' },
        response: { 201: madeApiKeySchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { body } = request;
      // A bound administrator's keys are bound like his own: nobody widens what he was given.
      const workspaceId = body.workspace_id ?? principalOf(request).workspaceId;
      if (workspaceId !== undefined && !mayUseWorkspace(principalOf(request), workspaceId)) {
        throw new Problem('workspace_forbidden', 'This key makes keys of its own workspace only.', {
          pointer: '/workspace_id',
        });
      }
      const { key, text } = makeApiKey(parts, {
        name: body.name,
        scopes: body.scopes,
        ...(workspaceId === undefined ? {} : { workspaceId }),
        ...expiryOf(body.expires_at, parts.clock.nowMs()),
      });
      await parts.store.admin.createApiKey(
        key,
        auditOf(parts, request, {
          action: 'api_key.created',
          subjectId: key.apiKeyId,
          workspaceId,
          after: apiKeyView(key),
        }),
      );
      return reply.code(201).send({ api_key_id: key.apiKeyId, key: text });
    },
  );

  app.get<{ Querystring: PageParameters }>(
    '/v1/api-keys',
    {
      config: { scope: 'admin' },
      schema: {
        summary: 'List API keys',
        tags: ['administration'],
        querystring: querySchema(),
        response: { 200: pageSchema({ $ref: 'ApiKey#' }), ...problemResponses },
      },
    },
    async (request) =>
      pageAnswer(
        await parts.store.admin.listApiKeys(scopeOf(principalOf(request)), pageQuery(request.query)),
        apiKeyView,
      ),
  );

  app.delete<{ Params: { id: string } }>(
    '/v1/api-keys/:id',
    {
      config: { scope: 'admin', audit: 'api_key.revoked' },
      schema: {
        summary: 'Revoke an API key, from the next request on',
        tags: ['administration'],
        response: { 204: { type: 'null', description: 'Revoked' }, ...problemResponses },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const { id } = request.params;
      if (id === principal.apiKeyId) {
        throw new Problem('own_key', 'This is the key of the request itself.');
      }
      const audit = auditOf(parts, request, {
        action: 'api_key.revoked',
        subjectId: id,
        workspaceId: principal.workspaceId,
      });
      if (!isUuid(id) || !(await parts.store.admin.revokeApiKey(id, scopeOf(principal), audit))) {
        throw new Problem('not_found', 'There is no API key with this id.');
      }
      return reply.code(204).send();
    },
  );
}

function expiryOf(text: string | undefined, nowMs: number): { readonly expiresAtMs?: number } {
  if (text === undefined) return {};
  const expiresAtMs = rfc3339ToMs(text);
  if (expiresAtMs === undefined || expiresAtMs <= nowMs) {
    throw new Problem('bad_value', 'expires_at must be an RFC 3339 time in the future.', {
      pointer: '/expires_at',
    });
  }
  return { expiresAtMs };
}

function apiKeyView(key: ApiKey): object {
  return {
    api_key_id: key.apiKeyId,
    name: key.name,
    workspace_id: key.workspaceId ?? null,
    scopes: key.scopes,
    created_at: timeText(key.createdAtMs),
    expires_at: timeOrNull(key.expiresAtMs),
    last_used_at: timeOrNull(key.lastUsedAtMs),
    revoked_at: timeOrNull(key.revokedAtMs),
  };
}
