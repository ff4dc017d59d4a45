import type { FastifyRequest } from 'fastify';
import type { Destination } from '../outbox/destination.ts';
import type { DestinationPatch } from '../store/admin-store.ts';
import type { ApiParts } from './api-parts.ts';
import { limitsOf } from './backlog-limits-view.ts';
import { batchOf, mergeConfig, ocsfOf, type SettingsBody } from './destination-body.ts';
import type { DestinationChecks } from './destination-checks.ts';
import { keptCredentials, readCredentials, sealCredentials } from './destination-credentials.ts';
import type { DestinationKinds } from './destination-kind.ts';
import { nextCredentialsPatch } from './next-credentials-patch.ts';
import { needRedactionKey } from './redaction-view.ts';

export interface PatchParts extends Pick<ApiParts, 'sealer' | 'fingerprint' | 'clock'> {
  readonly checks: DestinationChecks;
  readonly kinds: DestinationKinds;
}

/** What a PATCH changes of a destination, checked as a whole with what stays. Throws a problem. */
export function destinationPatch(
  { checks, kinds, sealer, fingerprint, clock }: PatchParts,
  request: FastifyRequest,
  current: Destination,
  body: SettingsBody,
): DestinationPatch {
  const config = mergeConfig(current.config, body.config);
  const credentials = readCredentials(body.credentials, current.sealed);
  const addressChanged =
    body.config !== undefined &&
    storedAddress(kinds, current) !== checks.address(request, current.type, config);
  const sealed = sealCredentials({ sealer, fingerprint }, current, current, credentials, addressChanged);
  const next = nextCredentialsPatch({ sealer, fingerprint, clock }, current, body, sealed, addressChanged);
  if (next.all !== undefined) checks.check(request, current.type, config, next.all);
  if (body.config !== undefined || body.credentials !== undefined) {
    const all = { ...keptCredentials(sealer, current, credentials), ...credentials.given };
    checks.check(request, current.type, config, all);
    // One that was stored before may have ended since: that is no reason to refuse another change.
    if (body.config?.['tls'] !== undefined) checks.certificates(config);
  }
  const isOther = body.ocsf !== undefined || body.filter !== undefined || body.redaction !== undefined;
  const ocsf = isOther ? ocsfOf(body, current.ocsf) : current.ocsf;
  if (isOther || body.credentials !== undefined) needRedactionKey(ocsf, sealed.sealed);
  return {
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.config === undefined ? {} : { config }),
    ...(changesCredentials(body) || addressChanged ? next.kept : {}),
    ...(isOther ? { ocsf } : {}),
    ...(body.batch === undefined ? {} : { batch: batchOf(body) }),
    ...(body.limits === undefined ? {} : { limits: limitsOf(body.limits) }),
    ...(body.sources === undefined ? {} : { sources: body.sources }),
    ...(body.enabled === undefined ? {} : { state: stateOf(body.enabled, current.state) }),
  };
}

function changesCredentials(body: SettingsBody): boolean {
  return [
    body.credentials,
    body.credentials_expire_at,
    body.next_credentials,
    body.next_credentials_expire_at,
  ].some((field) => field !== undefined);
}

/** `enabled` moves between active and disabled; a paused destination stays paused when it is enabled. */
function stateOf(enabled: boolean, current: Destination['state']): Destination['state'] {
  if (!enabled) return 'disabled';
  return current === 'disabled' ? 'active' : current;
}

/** Undefined for a stored config that this release does not read any more: any address is then another one. */
function storedAddress(kinds: DestinationKinds, { type, config }: Destination): string | undefined {
  try {
    return kinds[type].address(config);
  } catch {
    return undefined;
  }
}
