import type { FastifyRequest } from 'fastify';
import type { DestinationType } from '../connectors/connector.ts';
import type { JsonObject } from '../json.ts';
import type { ApiParts } from './api-parts.ts';
import type { DestinationKind } from './destination-kind.ts';
import { fieldErrors } from './field-errors.ts';
import { Problem } from './problem.ts';
import { problemOfFields } from './problem-of-error.ts';

export interface DestinationSettings {
  readonly type: DestinationType;
  readonly config: JsonObject;
  /** Values given in this request; stored ones cannot be looked at. */
  readonly given: Readonly<Record<string, string>>;
  /** Names of all credentials that will be set. */
  readonly fields: ReadonlySet<string>;
}

/** Holds settings against the schemas of their type, its own rules and the address policy. Throws a problem. */
export function checkDestination(
  parts: Pick<ApiParts, 'policy'>,
  kind: DestinationKind,
  request: FastifyRequest,
  { config, given, fields }: DestinationSettings,
): void {
  holdAgainst(request, kind.configSchema, config, '/config');
  holdAgainst(request, kind.credentialsSchema, given, '/credentials');
  const wrong = kind.check(config, given, fields);
  if (wrong.length > 0) throw problemOfFields(wrong);
  for (const { field, url } of kind.urls(config)) {
    const verdict = parts.policy.checkUrl(url);
    if (!verdict.ok) {
      throw new Problem('address_refused', verdict.message, {
        pointer: `/config/${field}`,
        extra: { verdict: verdict.verdict },
      });
    }
  }
}

function holdAgainst(request: FastifyRequest, schema: object, value: unknown, base: string): void {
  const validate = request.getValidationFunction(schema) ?? request.compileValidationSchema(schema);
  if (validate(value)) return;
  throw problemOfFields(fieldErrors(validate.errors ?? [], base));
}
