import type { FastifyRequest } from 'fastify';
import { certificateTimes } from '../connectors/certificate-time.ts';
import { ConnectorConfigError } from '../connectors/config-error.ts';
import type { Credentials, DestinationType } from '../connectors/connector.ts';
import type { JsonObject } from '../json.ts';
import type { AddressChecker, ApiParts } from './api-parts.ts';
import {
  type CredentialsSchema,
  DESTINATION_TYPES,
  type DestinationKind,
  type DestinationKinds,
} from './destination-kind.ts';
import { REDACTION_KEY } from '../ocsf/redaction/redaction-key.ts';
import { fieldErrors } from './field-errors.ts';
import { Problem } from './problem.ts';
import { problemOfFields } from './problem-of-error.ts';
import { withCommonCredentials } from './schemas/destination-body-schema.ts';

/** Holds settings against the schemas of their type, its own rules and the address policy. */
export class DestinationChecks {
  readonly #parts: Pick<ApiParts, 'policy' | 'ambientIdentity' | 'clock'>;
  readonly #kinds: DestinationKinds;
  /** Made once: a validator is compiled for each schema object. */
  readonly #credentialValues: ReadonlyMap<string, object>;

  constructor(parts: Pick<ApiParts, 'policy' | 'ambientIdentity' | 'clock'>, kinds: DestinationKinds) {
    this.#parts = parts;
    this.#kinds = kinds;
    this.#credentialValues = new Map(
      DESTINATION_TYPES.map((type) => [
        type,
        valuesOnly(withCommonCredentials(kinds[type].credentialsSchema)),
      ]),
    );
  }

  /**
   * Checks a config by itself: its schema, then whether its addresses are allowed, then what only its connector knows.
   * Answers the address that credentials would go to.
   */
  address(request: FastifyRequest, type: DestinationType, config: JsonObject): string {
    const kind = this.#kinds[type];
    holdAgainst(request, kind.configSchema, config, '/config');
    return asProblem(() => {
      checkAddresses(this.#parts.policy, kind, config);
      return kind.address(config);
    });
  }

  /** For certificates as they are given: one that has ended would hold every event. One that ends later is warned of. */
  certificates(config: JsonObject): void {
    const nowMs = this.#parts.clock.nowMs();
    for (const { pointer, notAfterMs } of certificateTimes(config)) {
      if (notAfterMs > nowMs) continue;
      const field = pointer.slice(1);
      throw new Problem(
        'bad_value',
        `${field}: The certificate ended on ${endedAt(notAfterMs)}. Give one that is valid.`,
        {
          pointer: `/config${pointer}`,
        },
      );
    }
  }

  /** `credentials` are all that will be set, given or kept. No problem repeats one of them. */
  check(request: FastifyRequest, type: DestinationType, config: JsonObject, credentials: Credentials): void {
    const kind = this.#kinds[type];
    this.address(request, type, config);
    holdAgainst(request, this.#credentialValues.get(type) ?? {}, credentials, '/credentials');
    // No connector knows of it: it is never sent.
    const { [REDACTION_KEY]: _, ...sent } = credentials;
    asProblem(() => kind.check(config, sent));
    if (!this.#parts.ambientIdentity && kind.usesAmbientIdentity?.(config) === true) {
      throw new Problem(
        'bad_value',
        "Signing in with this machine's identity is off; the operator turns it on with AEGIS_SIEM_AMBIENT_IDENTITY=on.",
        { pointer: '/config/auth' },
      );
    }
  }
}

function endedAt(notAfterMs: number): string {
  return new Date(notAfterMs).toISOString().slice(0, 10);
}

function asProblem<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    throw error instanceof ConnectorConfigError ? problemOfConnector(error) : error;
  }
}

function checkAddresses(policy: AddressChecker, kind: DestinationKind, config: JsonObject): void {
  for (const { field, url } of kind.urls(config)) {
    const answer = policy.checkUrl(url);
    if (!answer.ok) throw addressRefused(field, answer.verdict, answer.message);
  }
  const host = kind.hostVerdict?.(config, (url) => policy.listAllows(url));
  if (host !== undefined && !host.ok) throw addressRefused(host.field, host.code, host.message);
}

function addressRefused(field: string, verdict: string, message: string): Problem {
  return new Problem('address_refused', message, { pointer: `/config/${field}`, extra: { verdict } });
}

function problemOfConnector({ part, pointer, message }: ConnectorConfigError): Problem {
  const field = pointer.slice(1);
  return new Problem(
    part === 'credentials' ? 'bad_credential' : 'bad_value',
    field === '' ? message : `${field}: ${message}`,
    { pointer: `/${part}${pointer}` },
  );
}

/** The schema without what must be there: which credentials are needed follows from the config. */
function valuesOnly(schema: CredentialsSchema): object {
  return { type: 'object', properties: schema.properties, additionalProperties: false };
}

function holdAgainst(request: FastifyRequest, schema: object, value: unknown, base: string): void {
  const validate = request.compileValidationSchema(schema);
  if (validate(value)) return;
  throw problemOfFields(fieldErrors(validate.errors ?? [], base));
}
