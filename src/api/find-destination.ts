import type { FastifyRequest } from 'fastify';
import type { Destination } from '../outbox/destination.ts';
import type { ApiParts } from './api-parts.ts';
import { scopeOf } from './principal.ts';
import { Problem } from './problem.ts';
import { isUuid } from './uuid-text.ts';
import { principalOf } from './request-context.ts';

/** The destination that the path names. One of another workspace does not exist for the key. Throws `not_found`. */
export async function findDestination(
  parts: Pick<ApiParts, 'store'>,
  request: FastifyRequest<{ Params: { id: string } }>,
): Promise<Destination> {
  const { id } = request.params;
  const found = isUuid(id)
    ? await parts.store.admin.readDestination(id, scopeOf(principalOf(request)))
    : undefined;
  if (found === undefined) throw new Problem('not_found', 'There is no destination with this id.');
  return found;
}
