import type { FastifyInstance } from 'fastify';
import { rfc3339ToMs } from '../../attestation/rfc3339.ts';
import type { DeadLetterFilter } from '../../store/admin-store.ts';
import { MAX_DEAD_LETTERS_A_CALL } from '../../store/dead-letter-limits.ts';
import type { RouteParts } from '../api-parts.ts';
import { confirmationNeeded, confirmationOf, confirmedAtMs } from '../confirmation.ts';
import { deadLetterView } from '../delivery-view.ts';
import { pageAnswer, pageQuery, type PageParameters } from '../page.ts';
import { scopeOf } from '../principal.ts';
import { Problem } from '../problem.ts';
import { readerOf } from '../reader.ts';
import { auditOf, principalOf } from '../request-context.ts';
import { confirmSchema } from '../schemas/confirm-schema.ts';
import { timeSchema } from '../schemas/delivery-schema.ts';
import { pageSchema, querySchema } from '../schemas/page-schema.ts';
import { problemResponses } from '../schemas/problem-schema.ts';
import { linesOfText } from '../schemas/plain-text-schema.ts';

/** Ids in one request. */
const MAX_IDS = 1_000;
const word = { type: 'string', minLength: 1, maxLength: 200 } as const;
const time = { type: 'string', minLength: 1, maxLength: 40 } as const;

const selection = {
  ids: { type: 'array', minItems: 1, maxItems: MAX_IDS, uniqueItems: true, items: word },
  filter: {
    type: 'object',
    description: 'All dead letters that match; an empty filter would be all, so at least one field is needed',
    minProperties: 1,
    properties: {
      destination_id: word,
      code: word,
      attestation_id: word,
      from: { ...time, description: 'Went dead at this time or later (RFC 3339)' },
      to: { ...time, description: 'Went dead before this time (RFC 3339)' },
    },
    additionalProperties: false,
  },
  dry_run: { type: 'boolean', description: 'Say which it would be and change nothing' },
} as const;
const oneOfSelection = [{ required: ['ids'] }, { required: ['filter'] }] as const;

const chosenSchema = {
  description: 'The dead letters that were (or would be) taken',
  type: 'object',
  required: ['ids', 'count', 'more', 'dry_run'],
  properties: {
    ids: { type: 'array', items: { type: 'string' } },
    count: { type: 'integer' },
    more: {
      type: 'boolean',
      description: `One call takes at most ${MAX_DEAD_LETTERS_A_CALL}: there may be more, call again`,
    },
    dry_run: { type: 'boolean' },
    confirm: { ...confirmSchema, description: 'Of a dry run by filter: has it done' },
    confirm_until: timeSchema,
  },
  additionalProperties: false,
} as const;

interface Chosen {
  readonly ids: readonly string[];
  readonly count: number;
  readonly more: boolean;
  readonly dry_run: boolean;
}

interface Selection {
  readonly ids?: readonly string[];
  readonly filter?: {
    readonly destination_id?: string;
    readonly code?: string;
    readonly attestation_id?: string;
    readonly from?: string;
    readonly to?: string;
  };
  readonly dry_run?: boolean;
  readonly reason?: string;
}

type SkipBody = Omit<Selection, 'reason'> & { readonly reason: string; readonly confirm?: string };

type ListQuery = PageParameters & {
  destination?: string;
  code?: string;
  status?: 'dead' | 'skipped';
  attestation?: string;
  from?: string;
  to?: string;
};

/** Events that a destination refused: list them, send them again, give them up with a reason. */
export function deadLetterRoutes(app: FastifyInstance, parts: RouteParts): void {
  app.get<{ Querystring: ListQuery }>(
    '/v1/siem/dead-letters',
    {
      config: { scope: 'deliveries:read' },
      schema: {
        summary: 'List dead letters',
        tags: ['deliveries'],
        querystring: querySchema({
          destination: word,
          code: word,
          status: { type: 'string', enum: ['dead', 'skipped'] },
          attestation: { ...word, description: 'attestation_id' },
          from: { ...time, description: 'Went dead at this time or later (RFC 3339)' },
          to: { ...time, description: 'Went dead before this time (RFC 3339)' },
        }),
        response: { 200: pageSchema({ $ref: 'DeadLetter#' }), ...problemResponses },
      },
    },
    async (request) => {
      const { destination, code, status, attestation, from, to } = request.query;
      const filter: DeadLetterFilter = {
        ...scopeOf(principalOf(request)),
        ...(destination === undefined ? {} : { destinationId: destination }),
        ...(code === undefined ? {} : { code }),
        ...(status === undefined ? {} : { status }),
        ...(attestation === undefined ? {} : { attestationId: attestation }),
        ...timeRange({ from, to }, (name) => ({
          code: 'bad_parameter',
          detail: `querystring ${name}`,
        })),
      };
      return pageAnswer(await parts.store.admin.listDeadLetters(filter, pageQuery(request.query)), (letter) =>
        deadLetterView(letter, readerOf(principalOf(request))),
      );
    },
  );

  app.post<{ Body: Selection }>(
    '/v1/siem/dead-letters/retry',
    {
      config: { scope: 'deliveries:replay', audit: 'dead_letters.retried' },
      schema: {
        summary: 'Send dead letters again, under new numbers and marked as replayed',
        tags: ['deliveries'],
        body: { type: 'object', properties: selection, oneOf: oneOfSelection, additionalProperties: false },
        response: { 200: chosenSchema, ...problemResponses },
      },
    },
    async (request) => {
      const { body } = request;
      const filter = filterOf(body, scopeOf(principalOf(request)).workspaceId);
      const dryRun = body.dry_run === true;
      const audit = auditOf(parts, request, {
        ...subjectOf(filter),
        action: 'dead_letters.retried',
        after: body,
      });
      const ids = await parts.store.admin.retryDeadLetters(filter, dryRun, audit);
      if (ids.length > 0 && !dryRun) parts.wake();
      return chosenView(ids, dryRun);
    },
  );

  app.post<{ Body: SkipBody }>(
    '/v1/siem/dead-letters/skip',
    {
      config: { scope: 'deliveries:replay', audit: 'dead_letters.skipped' },
      schema: {
        summary: 'Give dead letters up; the reason is kept',
        description:
          'By a filter it takes two steps: the first answer says how many they are and gives a `confirm` for the second (`dry_run` gives it too). Letters that came in between stay.',
        tags: ['deliveries'],
        body: {
          type: 'object',
          required: ['reason'],
          properties: {
            ...selection,
            reason: linesOfText(1_000),
            confirm: { ...confirmSchema, description: 'From the first answer; needed with a filter' },
          },
          oneOf: oneOfSelection,
          additionalProperties: false,
        },
        response: { 200: chosenSchema, ...problemResponses },
      },
    },
    async (request) => {
      const { reason, confirm, ...asked } = request.body;
      const principal = principalOf(request);
      const dryRun = asked.dry_run === true;
      const filter = filterOf(asked, scopeOf(principal).workspaceId);
      const act = {
        principal,
        action: 'dead_letters.skipped',
        subject: JSON.stringify([Object.entries(asked.filter ?? {}).toSorted(byName), reason]),
      };
      const audit = auditOf(parts, request, {
        ...subjectOf(filter),
        action: act.action,
        after: { ...asked, reason },
      });
      const skip = (chosen: DeadLetterFilter, dry: boolean): Promise<readonly string[]> =>
        parts.store.admin.skipDeadLetters(chosen, reason, principal.actor, dry, audit);
      if (asked.filter === undefined) return chosenView(await skip(filter, dryRun), dryRun);
      if (!dryRun && confirm !== undefined) {
        // What went dead after the effect was told is not what was agreed to.
        const toldAtMs = confirmedAtMs(parts, act, confirm);
        const deadBeforeMs = Math.min(filter.deadBeforeMs ?? Infinity, toldAtMs);
        return chosenView(await skip({ ...filter, deadBeforeMs }, false), false);
      }
      const effect = chosenView(await skip(filter, true), dryRun);
      if (dryRun) return { ...effect, ...confirmationOf(parts, act) };
      if (effect.count === 0) return effect;
      const many = effect.more ? `${effect.count} dead letters or more` : `${effect.count} dead letters`;
      throw confirmationNeeded(parts, act, `${many} would be given up for ever.`, {
        count: effect.count,
        more: effect.more,
      });
    },
  );
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}

function filterOf({ ids, filter }: Selection, workspaceId: string | undefined): DeadLetterFilter {
  return {
    ...(workspaceId === undefined ? {} : { workspaceId }),
    ...(ids === undefined ? {} : { ids }),
    ...(filter?.destination_id === undefined ? {} : { destinationId: filter.destination_id }),
    ...(filter?.code === undefined ? {} : { code: filter.code }),
    ...(filter?.attestation_id === undefined ? {} : { attestationId: filter.attestation_id }),
    ...timeRange(filter ?? {}, (name) => ({
      code: 'bad_value',
      detail: `filter.${name}`,
      pointer: `/filter/${name}`,
    })),
  };
}

function chosenView(ids: readonly string[], dryRun: boolean): Chosen {
  return { ids, count: ids.length, more: ids.length >= MAX_DEAD_LETTERS_A_CALL, dry_run: dryRun };
}

interface BadTime {
  readonly code: 'bad_parameter' | 'bad_value';
  readonly detail: string;
  readonly pointer?: string;
}

/** `from` and `to` as times. Throws the problem that `bad` names for a text that is none. */
function timeRange(
  range: { readonly from?: string | undefined; readonly to?: string | undefined },
  bad: (name: 'from' | 'to') => BadTime,
): Pick<DeadLetterFilter, 'deadFromMs' | 'deadBeforeMs'> {
  const read = (name: 'from' | 'to'): number | undefined => {
    const text = range[name];
    if (text === undefined) return undefined;
    const timeMs = rfc3339ToMs(text);
    if (timeMs !== undefined) return timeMs;
    const { code, detail, pointer } = bad(name);
    throw new Problem(
      code,
      `${detail} must be an RFC 3339 time, such as 2026-11-24T15:00:00Z.`,
      pointer === undefined ? {} : { pointer },
    );
  };
  const deadFromMs = read('from');
  const deadBeforeMs = read('to');
  return {
    ...(deadFromMs === undefined ? {} : { deadFromMs }),
    ...(deadBeforeMs === undefined ? {} : { deadBeforeMs }),
  };
}

function subjectOf(filter: DeadLetterFilter): { subjectId: string; workspaceId: string | undefined } {
  const [only, ...more] = filter.ids ?? [];
  const subjectId = only !== undefined && more.length === 0 ? only : (filter.destinationId ?? 'several');
  return { subjectId, workspaceId: filter.workspaceId };
}
