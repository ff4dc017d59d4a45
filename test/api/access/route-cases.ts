import { randomUUID } from 'node:crypto';
import type { Scope } from '../../../src/api/scopes.ts';
import { generateAttestations } from '../../support/generate-attestations.ts';
import type { ApiCall } from '../api-world.ts';
import { otherEvent } from '../other-event.ts';
import { newDestination, type Things } from './things.ts';

/**
 * Every route of the API: who may call it, a call that works, and what somebody of another workspace gets for the same call.
 * Written by hand as a second truth beside the routes themselves; tests hold that no route is missing here.
 */
export interface RouteCase {
  readonly needs: Scope | 'signed_in' | 'nobody';
  /** Further scopes that this call needs by its content. */
  readonly also?: readonly Scope[];
  /** The call, on the things of a workspace. */
  readonly call: (things: Things) => Omit<ApiCall, 'key'>;
  /** What must have happened before, for the call to change something. */
  readonly before?: (things: Things) => Omit<ApiCall, 'key'>;
  /** Status for an administrator of another workspace. 200: a list without anything of the first one. */
  readonly stranger: number;
  /** The one audit record that the call leaves. */
  readonly audit?: string;
  /** Needs a browser's session; `sessions.test.ts` has it. */
  readonly bySession?: true;
  /** Answers until somebody hangs up; only refusals can be awaited. `stream.test.ts` has the rest. */
  readonly endless?: true;
}

const destination = (things: Things): string => `/v1/siem/destinations/${things.destinationId}`;
const look = (url: (things: Things) => string) => (things: Things) => ({ url: url(things) });
const post = (url: (things: Things) => string, body?: (things: Things) => object) => (things: Things) => ({
  method: 'POST' as const,
  url: url(things),
  body: body?.(things) ?? {},
});

function attestationText(workspaceId: string): string {
  const [text = ''] = generateAttestations({ seed: 1, count: 1, workspaceId });
  return JSON.stringify({ ...(JSON.parse(text) as object), attestation_id: randomUUID() });
}

export const ROUTE_CASES: Readonly<Record<string, RouteCase>> = {
  'POST /v1/attestations': {
    needs: 'attestations:write',
    call: ({ workspaceId }) => ({
      method: 'POST',
      url: '/v1/attestations',
      body: attestationText(workspaceId),
    }),
    stranger: 403,
  },
  'GET /v1/attestations/:id': {
    needs: 'deliveries:read',
    call: look(({ openId }) => `/v1/attestations/${openId}`),
    stranger: 404,
  },
  'GET /v1/attestations/:id/sent': {
    needs: 'deliveries:read',
    call: look(({ deadId }) => `/v1/attestations/${deadId}/sent`),
    stranger: 404,
  },
  'POST /v1/events': {
    needs: 'attestations:write',
    call: post(
      () => '/v1/events',
      ({ workspaceId }) => ({ workspace_id: workspaceId, event: otherEvent(randomUUID()) }),
    ),
    stranger: 403,
  },
  'POST /v1/siem/destinations': {
    needs: 'destinations:write',
    also: ['credentials:write'],
    call: post(
      () => '/v1/siem/destinations',
      ({ workspaceId }) => newDestination(workspaceId, randomUUID()),
    ),
    stranger: 403,
    audit: 'destination.created',
  },
  'GET /v1/siem/destinations': {
    needs: 'destinations:read',
    call: look(() => '/v1/siem/destinations?limit=500'),
    stranger: 200,
  },
  'GET /v1/siem/destinations/:id': { needs: 'destinations:read', call: look(destination), stranger: 404 },
  'PATCH /v1/siem/destinations/:id': {
    needs: 'destinations:write',
    call: (things) => ({ method: 'PATCH', url: destination(things), body: { config: { index: 'ai' } } }),
    stranger: 404,
    audit: 'destination.changed',
  },
  'DELETE /v1/siem/destinations/:id': {
    needs: 'destinations:write',
    call: ({ idleId }) => ({ method: 'DELETE', url: `/v1/siem/destinations/${idleId}` }),
    stranger: 404,
    audit: 'destination.deleted',
  },
  'POST /v1/siem/destinations/:id/test': {
    needs: 'destinations:write',
    call: post((things) => `${destination(things)}/test`),
    stranger: 404,
    audit: 'destination.tested',
  },
  'POST /v1/siem/destinations/:id/preview': {
    needs: 'payloads:read',
    call: post(
      (things) => `${destination(things)}/preview`,
      ({ openId }) => ({ attestation_id: openId }),
    ),
    stranger: 404,
  },
  'POST /v1/siem/destinations/:id/pause': {
    needs: 'destinations:write',
    call: post((things) => `${destination(things)}/pause`),
    stranger: 404,
    audit: 'destination.paused',
  },
  'POST /v1/siem/destinations/:id/resume': {
    needs: 'destinations:write',
    call: post((things) => `${destination(things)}/resume`),
    stranger: 404,
    audit: 'destination.resumed',
  },
  'GET /v1/siem/destinations/:id/health': {
    needs: 'destinations:read',
    call: look((things) => `${destination(things)}/health`),
    stranger: 404,
  },
  'GET /v1/siem/destinations/:id/attempts': {
    needs: 'deliveries:read',
    call: look((things) => `${destination(things)}/attempts`),
    stranger: 404,
  },
  'GET /v1/siem/destinations/:id/history': {
    needs: 'destinations:read',
    call: look((things) => `${destination(things)}/history`),
    stranger: 404,
  },
  'GET /v1/siem/overview': {
    needs: 'destinations:read',
    call: look(() => '/v1/siem/overview'),
    stranger: 200,
  },
  'GET /v1/siem/stream': {
    needs: 'destinations:read',
    call: look(() => '/v1/siem/stream'),
    stranger: 200,
    endless: true,
  },
  'GET /v1/siem/deliveries': {
    needs: 'deliveries:read',
    call: look(({ deadId }) => `/v1/siem/deliveries?attestation=${deadId}`),
    stranger: 200,
  },
  'GET /v1/siem/outbox': {
    needs: 'deliveries:read',
    call: look(({ destinationId }) => `/v1/siem/outbox?destination=${destinationId}`),
    stranger: 200,
  },
  'GET /v1/siem/dead-letters': {
    needs: 'deliveries:read',
    call: look(() => '/v1/siem/dead-letters?limit=500'),
    stranger: 200,
  },
  'POST /v1/siem/dead-letters/retry': {
    needs: 'deliveries:replay',
    call: post(
      () => '/v1/siem/dead-letters/retry',
      ({ deadLetterId }) => ({ ids: [deadLetterId] }),
    ),
    stranger: 200,
    audit: 'dead_letters.retried',
  },
  'POST /v1/siem/dead-letters/skip': {
    needs: 'deliveries:replay',
    call: post(
      () => '/v1/siem/dead-letters/skip',
      ({ deadLetterId }) => ({ ids: [deadLetterId], reason: 'known' }),
    ),
    stranger: 200,
    audit: 'dead_letters.skipped',
  },
  'POST /v1/siem/replays': {
    needs: 'deliveries:replay',
    call: post(
      () => '/v1/siem/replays',
      ({ idleId }) => ({ destination_id: idleId, from: '2020-01-01T00:00:00Z' }),
    ),
    stranger: 404,
    audit: 'replay.started',
  },
  'GET /v1/siem/replays': {
    needs: 'deliveries:read',
    call: look(() => '/v1/siem/replays?limit=500'),
    stranger: 200,
  },
  'GET /v1/siem/replays/:id': {
    needs: 'deliveries:read',
    call: look(({ replayId }) => `/v1/siem/replays/${replayId}`),
    stranger: 404,
  },
  'POST /v1/siem/replays/:id/pause': {
    needs: 'deliveries:replay',
    call: post(({ replayId }) => `/v1/siem/replays/${replayId}/pause`),
    stranger: 404,
    audit: 'replay.paused',
  },
  'POST /v1/siem/replays/:id/resume': {
    needs: 'deliveries:replay',
    before: post(({ replayId }) => `/v1/siem/replays/${replayId}/pause`),
    call: post(({ replayId }) => `/v1/siem/replays/${replayId}/resume`),
    stranger: 404,
    audit: 'replay.resumed',
  },
  'POST /v1/siem/replays/:id/cancel': {
    needs: 'deliveries:replay',
    call: post(({ replayId }) => `/v1/siem/replays/${replayId}/cancel`),
    stranger: 404,
    audit: 'replay.cancelled',
  },
  // The public keys prove the streams of all workspaces; they are no secret and belong to none.
  'GET /v1/siem/checkpoint-keys': {
    needs: 'audit:read',
    call: look(() => '/v1/siem/checkpoint-keys'),
    stranger: 200,
  },
  'POST /v1/siem/checkpoint-keys': {
    needs: 'admin',
    call: post(() => '/v1/siem/checkpoint-keys'),
    stranger: 403,
    audit: 'checkpoint_key.rotated',
  },
  'GET /v1/session/ways': { needs: 'nobody', call: look(() => '/v1/session/ways'), stranger: 200 },
  // Not set up in these worlds; `oidc.security.test.ts` has them.
  'GET /v1/session/oidc/start': {
    needs: 'nobody',
    call: look(() => '/v1/session/oidc/start'),
    stranger: 404,
    bySession: true,
  },
  'GET /v1/session/oidc/callback': {
    needs: 'nobody',
    call: look(() => '/v1/session/oidc/callback'),
    stranger: 404,
    audit: 'session.started',
    bySession: true,
  },
  'POST /v1/session': {
    needs: 'nobody',
    call: post(
      () => '/v1/session',
      () => ({ api_key: 'aegis_wrong' }),
    ),
    stranger: 403,
    audit: 'session.started',
    bySession: true,
  },
  'GET /v1/session': { needs: 'signed_in', call: look(() => '/v1/session'), stranger: 200 },
  'DELETE /v1/session': {
    needs: 'signed_in',
    call: () => ({ method: 'DELETE', url: '/v1/session' }),
    stranger: 409,
    audit: 'session.ended',
    bySession: true,
  },
  'GET /v1/session/all': { needs: 'signed_in', call: look(() => '/v1/session/all'), stranger: 200 },
  'DELETE /v1/session/all': {
    needs: 'signed_in',
    call: () => ({ method: 'DELETE', url: '/v1/session/all' }),
    stranger: 200,
    audit: 'session.ended',
  },
  'GET /v1/sessions': { needs: 'admin', call: look(() => '/v1/sessions?limit=500'), stranger: 200 },
  'DELETE /v1/sessions': {
    needs: 'admin',
    call: () => ({ method: 'DELETE', url: '/v1/sessions?everyone=true' }),
    stranger: 200,
    audit: 'session.revoked',
  },
  'POST /v1/api-keys': {
    needs: 'admin',
    call: post(
      () => '/v1/api-keys',
      ({ workspaceId }) => ({ name: 'k', scopes: ['audit:read'], workspace_id: workspaceId }),
    ),
    stranger: 403,
    audit: 'api_key.created',
  },
  'GET /v1/api-keys': { needs: 'admin', call: look(() => '/v1/api-keys?limit=500'), stranger: 200 },
  'DELETE /v1/api-keys/:id': {
    needs: 'admin',
    call: ({ apiKeyId }) => ({ method: 'DELETE', url: `/v1/api-keys/${apiKeyId}` }),
    stranger: 404,
    audit: 'api_key.revoked',
  },
  'GET /v1/audit': { needs: 'audit:read', call: look(() => '/v1/audit?limit=500'), stranger: 200 },
  'GET /healthz': { needs: 'nobody', call: look(() => '/healthz'), stranger: 200 },
  'GET /readyz': { needs: 'nobody', call: look(() => '/readyz'), stranger: 200 },
  'GET /metrics': { needs: 'deliveries:read', call: look(() => '/metrics'), stranger: 403 },
  'GET /openapi.json': { needs: 'nobody', call: look(() => '/openapi.json'), stranger: 200 },
};
