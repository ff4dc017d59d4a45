import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LostVisitorAnswer } from '../answer-problems.ts';
import type { ConsoleFile, ConsoleFiles } from '../console-files.ts';
import { CONSOLE_HEADERS } from '../console-headers.ts';
import { CONSOLE_PATHS } from '../console-paths.ts';
import { Problem } from '../problem.ts';

/** The name of an asset says its content: it may be kept for a year and never asked for again. */
const FOR_EVER = 'public, max-age=31536000, immutable';
const NOT_BUILT =
  'The console is not built. In the folder of the project run "npm run build:console" (after "npm ci"), then start the service again.\nThe API is there: see /docs.\n';

/**
 * The browser console. Its files are open, since they say nothing about the installation; what they show is asked of the API,
 * with a session.
 */
export function consoleRoutes(app: FastifyInstance, files: ConsoleFiles | undefined): void {
  const route = { config: { open: true }, schema: { hide: true } } as const;

  for (const path of CONSOLE_PATHS) {
    app.get(path, route, (request, reply) => {
      if (files === undefined) {
        return text(reply.code(503).type('text/plain; charset=utf-8'), NOT_BUILT);
      }
      return answer(request, reply, files.index, 'no-cache');
    });
  }

  app.get<{ Params: { name: string } }>('/assets/:name', route, (request, reply) => {
    const file = files?.assets.get(request.params.name);
    if (file === undefined)
      throw new Problem('not_found', 'The console has no such file. Load its page again.');
    return answer(request, reply, file, FOR_EVER);
  });
}

/** Below these a program asks, and what it gets is a problem document, also when a person typed the address. */
const OF_PROGRAMS = /^\/(?:v1|assets|docs)(?:\/|\?|$)/;

/** Where a person mistyped the address of a page, the console says so and shows the way; the status stays 404. */
export function lostVisitorPage(files: ConsoleFiles | undefined): LostVisitorAnswer {
  return (request, reply) => {
    const isVisit =
      request.method === 'GET' &&
      (request.headers.accept ?? '').includes('text/html') &&
      !OF_PROGRAMS.test(request.url);
    if (files === undefined || !isVisit) return undefined;
    return answer(request, reply.code(404), files.index, 'no-store');
  };
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  file: ConsoleFile,
  cacheControl: string,
): FastifyReply {
  reply.headers({
    ...CONSOLE_HEADERS,
    'cache-control': cacheControl,
    etag: file.etag,
    vary: 'accept-encoding',
  });
  if (reply.statusCode === 200 && request.headers['if-none-match'] === file.etag)
    return reply.code(304).send();
  reply.type(file.type);
  const zipped = takesGzip(request.headers['accept-encoding']);
  if (zipped) reply.header('content-encoding', 'gzip');
  return text(reply, zipped ? file.gzip : file.bytes);
}

/** Past the serialiser of the API, which makes JSON of everything. */
function text(reply: FastifyReply, body: string | Buffer): FastifyReply {
  return reply.serializer((payload: unknown) => payload as string).send(body);
}

function takesGzip(header: string | string[] | undefined): boolean {
  return /(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)/i.test(
    String(header ?? ''),
  );
}
