import type { FastifyInstance, FastifyRequest } from 'fastify';
import { NDJSON_TYPES } from './ingest.ts';
import { Problem } from './problem.ts';
import { parseBody } from './strict-json.ts';

/** Routes whose body is cut into records and kept byte for byte. */
const RAW_ROUTES: ReadonlySet<string | undefined> = new Set(['/v1/attestations', '/v1/events']);

/** JSON has one encoding (RFC 8259, section 8.1); another charset would be read wrongly. */
const PLAIN_CHARSET = /^(?:[^;]*)(?:;\s*charset="?utf-8"?\s*)?$/i;

/**
 * Bodies: JSON everywhere, read strictly; raw bytes on the routes that record, which take NDJSON too. Anything else, and a
 * compressed body, is refused (415).
 */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addHook('preParsing', async (request, _reply, payload) => {
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
      throw new Problem('unsupported_media_type', 'A compressed body is not read here; send it as it is.');
    }
    if (!PLAIN_CHARSET.test(request.headers['content-type'] ?? '')) {
      throw new Problem('unsupported_media_type', 'JSON is UTF-8; another charset is not read here.');
    }
    return payload;
  });
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      if (RAW_ROUTES.has(request.routeOptions.url)) return body;
      // An action route may be called with the header and without a body.
      return body.length === 0 ? null : parseBody(body);
    },
  );
  app.addContentTypeParser(
    [...NDJSON_TYPES],
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      if (RAW_ROUTES.has(request.routeOptions.url)) return body;
      throw new Problem('unsupported_media_type', 'NDJSON is for records; send application/json here.');
    },
  );
}
