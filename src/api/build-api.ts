import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { type FastifyInstance } from 'fastify';
import { Admission } from './admission.ts';
import { addAccessLog } from './access-log.ts';
import { type ApiParts, MAX_SETTINGS_BYTES, type RouteParts } from './api-parts.ts';
import { securityOf } from './access-rules.ts';
import { addAnswerHeaders } from './answer-headers.ts';
import { answerFrameworkError, answerProblems } from './answer-problems.ts';
import { readBodies } from './body-parsers.ts';
import type { DestinationKinds } from './destination-kind.ts';
import { guardRequests } from './guard-requests.ts';
import { answerClientError, httpLimits } from './http-limits.ts';
import { openApiDocument } from './openapi-document.ts';
import { RecordQueue } from './record-queue.ts';
import { apiKeyRoutes } from './routes/api-key-routes.ts';
import { attestationRoutes } from './routes/attestation-routes.ts';
import { auditRoutes } from './routes/audit-routes.ts';
import { checkpointKeyRoutes } from './routes/checkpoint-key-routes.ts';
import { consoleRoutes, lostVisitorPage } from './routes/console-routes.ts';
import { deadLetterRoutes } from './routes/dead-letter-routes.ts';
import { deliveryRoutes } from './routes/delivery-routes.ts';
import { destinationActionRoutes } from './routes/destination-action-routes.ts';
import { destinationRoutes } from './routes/destination-routes.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { healthRoutes } from './routes/health-routes.ts';
import { oidcRoutes } from './routes/oidc-routes.ts';
import { outboxRoutes } from './routes/outbox-routes.ts';
import { overviewRoutes } from './routes/overview-routes.ts';
import { previewRoutes } from './routes/preview-routes.ts';
import { replayRoutes } from './routes/replay-routes.ts';
import { sessionRoutes } from './routes/session-routes.ts';
import { signedInRoutes } from './routes/signed-in-routes.ts';
import { streamRoutes } from './routes/stream-routes.ts';
import { addSchemas } from './schemas/add-schemas.ts';

import { OidcFlow } from './sign-in/oidc/oidc-flow.ts';
import { SessionKeeper } from './sign-in/session-keeper.ts';
import { SignInLimit } from './sign-in/sign-in-limit.ts';

export type { ApiParts } from './api-parts.ts';

/** Longest id in a path that is looked at. */
const MAX_PARAM_CHARS = 500;
/** Where the page that explains the API is. */
const DOCS_PREFIX = '/docs';

/**
 * The REST API as a Fastify instance that does not listen yet. Every route needs an API key, except `/healthz`, `/readyz`,
 * `/openapi.json`, `/docs` and the files of the console, which say nothing about the installation. Throws for a route that says neither.
 */
export async function buildApi(parts: ApiParts, kinds: DestinationKinds): Promise<FastifyInstance> {
  const routes: RouteParts = {
    ...parts,
    admission: new Admission({
      maxRequests: parts.limits.maxRequestsInFlight,
      maxBytes: parts.limits.maxBytesInFlight,
    }),
    records: new RecordQueue({
      store: parts.store.record,
      wake: parts.wake,
      onError: (error) => parts.logger.error({ err: error }, 'the store cannot record'),
    }),
    sessions: new SessionKeeper({
      ...parts.signIn,
      sessions: parts.store.sessions,
      keys: parts.store.admin,
      random: parts.random,
      logger: parts.logger,
    }),
    signInLimit: new SignInLimit(),
    oidc: oidcFlowOf(parts),
  };
  const app = fastify({
    loggerInstance: parts.logger,
    logController: new fastify.LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'request_id',
    }),
    // The caller's own request ids are not taken over: they would stand in our log and audit trail.
    requestIdHeader: false,
    genReqId: () => parts.random.uuid(),
    bodyLimit: MAX_SETTINGS_BYTES,
    ...httpLimits(parts.limits.requestTimeoutMs),
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: MAX_PARAM_CHARS },
    frameworkErrors: answerFrameworkError,
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: true,
        strictTypes: false,
        strictRequired: false,
      },
    },
  });
  // Answers are made by our own views; a serialiser made from the schemas could drop or convert a field in silence.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.decorateRequest('principal');
  app.decorateRequest('recorded');
  addAnswerHeaders(app);
  answerProblems(app, parts.metrics, lostVisitorPage(parts.console));
  readBodies(app);
  addAccessLog(app, routes);
  guardRequests(app, routes, DOCS_PREFIX);
  addSchemas(app, kinds);

  await app.register(swagger, {
    openapi: openApiDocument(parts.version),
    transform: ({ schema, url, route }) => ({
      schema: { ...schema, security: securityOf(route.config) },
      url,
    }),
    refResolver: { buildLocalReference: ({ $id }) => (typeof $id === 'string' ? $id : 'unnamed') },
  });
  await app.register(swaggerUi, { routePrefix: DOCS_PREFIX, staticCSP: true });
  await app.register(async (scope) => {
    attestationRoutes(scope, routes);
    eventRoutes(scope, routes);
    destinationRoutes(scope, routes, kinds);
    destinationActionRoutes(scope, routes, kinds);
    previewRoutes(scope, routes, kinds);
    overviewRoutes(scope, routes);
    streamRoutes(scope, routes);
    outboxRoutes(scope, routes);
    deliveryRoutes(scope, routes);
    deadLetterRoutes(scope, routes);
    replayRoutes(scope, routes);
    sessionRoutes(scope, routes);
    signedInRoutes(scope, routes);
    oidcRoutes(scope, routes);
    apiKeyRoutes(scope, routes);
    auditRoutes(scope, routes);
    checkpointKeyRoutes(scope, routes);
    healthRoutes(scope, routes);
    consoleRoutes(scope, parts.console);
    scope.get('/openapi.json', { config: { open: true }, schema: { hide: true } }, () => app.swagger());
  });
  await app.ready();
  return app;
}

function oidcFlowOf({ oidcClient: client, sealer, random, clock }: ApiParts): OidcFlow | undefined {
  return client === undefined
    ? undefined
    : new OidcFlow({ client, sealer, random, nowMs: () => clock.nowMs() });
}
