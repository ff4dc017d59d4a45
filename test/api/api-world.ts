import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { ApiMetrics } from '../../src/api/api-metrics.ts';
import type { ApiParts } from '../../src/api/api-parts.ts';
import { buildApi } from '../../src/api/build-api.ts';
import { makeApiKey } from '../../src/api/routes/api-key-routes.ts';
import type { Scope } from '../../src/api/scopes.ts';
import { DESTINATION_KINDS } from '../../src/api/destination-kinds.ts';
import { createOutbound } from '../../src/outbound.ts';
import { createSealer } from '../../src/secrets/create-sealer.ts';
import { fingerprint } from '../../src/secrets/fingerprint.ts';
import { OpenApiCheck, type OpenApiDocument } from './openapi-check.ts';
import type { ReplyBody } from './reply-body.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import { RequestScope } from '../../src/store/request-scope.ts';
import type { Store } from '../../src/store/store.ts';

/** Fakes listen on loopback, over plain http. */
const EGRESS_ALLOW = 'http+127.0.0.1/32:1-65535';

/** An API over a fresh embedded store, without a socket. */
export interface ApiWorld {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly admin: string;
  /** Times the lanes were woken. */
  readonly wakes: () => number;
  /** All log lines so far. */
  readonly logs: () => string;
  /** Every answer of `call` was held against it. */
  readonly openApi: OpenApiCheck;
  key(scopes: readonly Scope[], workspaceId?: string): Promise<string>;
  /** A key whose time is over. */
  expiredKey(): Promise<string>;
  /** Makes the open delivery of an attestation a dead letter, as a lane would. */
  deadLetter(destinationId: string, attestationId: string, words?: string): Promise<void>;
  /** Calls with a key (the administrator's unless told otherwise). */
  call(options: ApiCall): Promise<ApiReply>;
  close(): Promise<void>;
}

export interface ApiCall {
  readonly method?: Extract<InjectOptions['method'], 'GET' | 'POST' | 'PATCH' | 'DELETE'>;
  readonly url: string;
  readonly key?: string | null;
  /** An object is sent as JSON; text and bytes as they are. */
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The parsed body. */
  readonly body: ReplyBody;
}

/** `opened`: a store of the caller's, migrated, instead of a fresh embedded one; it is closed with the world. */
export async function openApiWorld(overrides: Partial<ApiParts> = {}, opened?: Store): Promise<ApiWorld> {
  const folder = mkdtempSync(path.join(tmpdir(), 'aegis-siem-api-'));
  const store = opened ?? (await openSqliteStore(path.join(folder, 'aegis.db')));
  if (opened === undefined) await store.migrate();
  const requestScope = new RequestScope();
  const outbound = createOutbound({ egressAllow: EGRESS_ALLOW, ambientIdentity: false });
  const key = { keyId: 'k1', key: randomBytes(32) };
  let logs = '';
  let wakes = 0;
  const parts: ApiParts = {
    store: { ...store, ...store.forRequests?.(() => requestScope.workspaceId()) },
    requestScope,
    sealer: createSealer([key]),
    fingerprint: (secret) => fingerprint(secret, key.key),
    policy: outbound.policy,
    connect: outbound.connect,
    clock: { nowMs: () => Date.now() },
    random: { uuid: () => randomUUID(), bytes: (count) => randomBytes(count) },
    logger: pino({ level: 'debug' }, { write: (line: string) => void (logs += line) }),
    limits: {
      maxBodyBytes: 1024 * 1024,
      maxBatchItems: 1_000,
      maxRequestsInFlight: 100,
      maxBytesInFlight: 16 * 1024 * 1024,
      requestTimeoutMs: 10_000,
      requestsPerSecond: 0,
      requestsBurst: 1,
    },
    wake: () => void (wakes += 1),
    notReady: () => undefined,
    metrics: new ApiMetrics(new Registry()),
    version: '0.0.0-test',
    ambientIdentity: false,
    signIn: { idleMs: 3_600_000, lifetimeMs: 12 * 3_600_000 },
    ...overrides,
  };
  const app = await buildApi(parts, DESTINATION_KINDS);
  const makeKey = async (
    scopes: readonly Scope[],
    workspaceId?: string,
    expiresAtMs?: number,
  ): Promise<string> => {
    const made = makeApiKey(parts, {
      name: 'test',
      scopes,
      ...(workspaceId === undefined ? {} : { workspaceId }),
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    });
    await store.admin.createApiKey(made.key, {
      auditId: randomUUID(),
      atMs: Date.now(),
      workspaceId: 'aegis-system',
      actor: 'test',
      action: 'api_key.created',
      subjectId: made.key.apiKeyId,
    });
    return made.text;
  };
  const admin = await makeKey(['admin']);
  const openApi = new OpenApiCheck(app.swagger() as unknown as OpenApiDocument);
  return {
    app,
    store,
    admin,
    wakes: () => wakes,
    logs: () => logs,
    openApi,
    key: (scopes, workspaceId) => makeKey(scopes, workspaceId),
    expiredKey: () => makeKey(['admin'], undefined, Date.now() - 1),
    deadLetter: (destinationId, attestationId, words = 'The index is not allowed') =>
      makeDeadLetter(store, destinationId, attestationId, words),
    call: async ({ method = 'GET', url, key: keyText = admin, body, type, headers = {} }) => {
      const raw = typeof body === 'string' || body instanceof Uint8Array;
      const payload = body === undefined ? undefined : raw ? Buffer.from(body) : JSON.stringify(body);
      const reply = await app.inject({
        method,
        url,
        headers: {
          ...(keyText === null ? {} : { authorization: `Bearer ${keyText}` }),
          ...(payload === undefined ? {} : { 'content-type': type ?? 'application/json' }),
          ...headers,
        },
        ...(payload === undefined ? {} : { payload }),
      });
      openApi.check({
        method,
        url,
        status: reply.statusCode,
        type: reply.headers['content-type'] ?? '',
        text: reply.body,
      });
      return {
        status: reply.statusCode,
        headers: reply.headers,
        text: reply.body,
        body: parsed(reply.body),
      };
    },
    close: async () => {
      await app.close();
      await store.close();
      await outbound.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function makeDeadLetter(
  store: Store,
  destinationId: string,
  attestationId: string,
  words: string,
): Promise<void> {
  const destination = await store.admin.readDestination(destinationId, {});
  const record = await store.record.readAttestation(attestationId);
  if (destination === undefined || record === undefined) throw new Error('nothing to refuse');
  const { destinationNo, rowVersion: destinationVersion } = destination;
  const lane = await store.delivery.takeLane(destinationNo, 'test', 30_000);
  if (lane === undefined) throw new Error('the lane is taken');
  const key = { epochNo: lane.epochNo, firstSeq: lane.nextSeq };
  await store.delivery.formBatch(lane.lease, {
    ...key,
    recordNos: [record.recordNo],
    hashes: new Uint8Array(32),
    tombstones: [],
    leftOut: [],
    destinationVersion,
    renderKey: 'test',
    replayed: [],
  });
  const answer = { status: 400, code: '7', message: words, durationMs: 1 };
  await store.delivery.noteFailedSend(lane.lease, key, {
    outcome: 'poison',
    answer,
    events: 1,
    bytes: 100,
    firstSeq: key.firstSeq,
    atMs: Date.now(),
  });
  const dead = { code: 'refused_by_destination', message: words, answer };
  await store.delivery.completeBatch(lane.lease, key, {
    answer: { status: 200, message: 'ok', durationMs: 1 },
    deadLetters: [{ recordNo: record.recordNo, ...dead, attempts: 1 }],
  });
  await store.delivery.releaseLane(lane.lease);
}

/** An answer without JSON has a body without members. */
function parsed(text: string): ReplyBody {
  try {
    return JSON.parse(text) as ReplyBody;
  } catch {
    return {} as ReplyBody;
  }
}
