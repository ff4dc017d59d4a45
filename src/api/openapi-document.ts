import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

/** The frame of /openapi.json; the paths and schemas are those that validate. */
export function openApiDocument(version: string): NonNullable<FastifyDynamicSwaggerOptions['openapi']> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'aegis-siem',
      version,
      description:
        'Carries decisions of AI agents into the SIEM as OCSF events. Errors are problem documents (RFC 9457) with a stable `code`. Lists answer `{items, next_cursor}`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'aegis_<id>_<secret>' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-aegis_session',
          description:
            'A browser that signed in (POST /v1/session). Changes need the header `x-aegis-csrf: 1` and must come from the same origin.',
        },
      },
    },
    security: [{ apiKey: [] }, { session: [] }],
    tags: [
      { name: 'records', description: 'Attestations and other events' },
      { name: 'destinations', description: 'SIEM destinations' },
      { name: 'deliveries', description: 'Outbox, dead letters and replays' },
      { name: 'sign-in', description: 'Browser sessions' },
      { name: 'administration', description: 'API keys and audit trail' },
      { name: 'service', description: 'Health and metrics' },
    ],
  };
}
