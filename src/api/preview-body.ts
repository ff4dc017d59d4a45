import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../json.ts';
import type { REDACTION_KEY } from '../ocsf/redaction/redaction-key.ts';
import type { Destination } from '../outbox/destination.ts';
import { mergeConfig, ocsfOf, type SettingsBody } from './destination-body.ts';
import type { DestinationChecks } from './destination-checks.ts';
import { Problem } from './problem.ts';

/** Body of a preview, after its schema. */
export interface PreviewBody {
  readonly attestation?: JsonObject | string;
  readonly attestation_id?: string;
  readonly settings?: Pick<SettingsBody, 'config' | 'ocsf' | 'filter' | 'redaction'> & {
    readonly credentials?: { readonly [REDACTION_KEY]?: string };
  };
}

/**
 * The destination as it would be with these settings, which are stored nowhere. They are checked as PATCH does, but for
 * credentials: none is sent. Throws a problem that points into the body of the preview.
 */
export function withUnsavedSettings(
  checks: DestinationChecks,
  request: FastifyRequest,
  current: Destination,
  settings: NonNullable<PreviewBody['settings']>,
): Destination {
  try {
    const config = mergeConfig(current.config, settings.config);
    if (settings.config !== undefined) checks.address(request, current.type, config);
    return { ...current, config, ocsf: ocsfOf(settings, current.ocsf) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, message, options } = error;
    const pointer = `/settings${options.pointer ?? ''}`;
    throw new Problem(code, message, { ...options, pointer, cause: error });
  }
}
