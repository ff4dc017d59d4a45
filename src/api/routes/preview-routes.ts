import type { FastifyInstance } from 'fastify';
import { parseAttestation } from '../../attestation/parse-attestation.ts';
import { REDACTION_KEY } from '../../ocsf/redaction/redaction-key.ts';
import { openRedactionKey } from '../../open-credentials.ts';
import type { RouteParts } from '../api-parts.ts';
import { DestinationChecks } from '../destination-checks.ts';
import type { DestinationKinds } from '../destination-kind.ts';
import { findDestination } from '../find-destination.ts';
import { type PreviewBody, withUnsavedSettings } from '../preview-body.ts';
import { previewDelivery, type PreviewRecord } from '../preview-delivery.ts';
import { mayUseWorkspace, type Principal } from '../principal.ts';
import { Problem } from '../problem.ts';
import { principalOf } from '../request-context.ts';
import { problemResponses } from '../schemas/problem-schema.ts';
import { isUuid } from '../uuid-text.ts';

/** What an attestation would give for a destination, seen before anything is sent. */
export function previewRoutes(app: FastifyInstance, parts: RouteParts, kinds: DestinationKinds): void {
  const checks = new DestinationChecks(parts, kinds);
  app.post<{ Params: { id: string }; Body: PreviewBody }>(
    '/v1/siem/destinations/:id/preview',
    {
      bodyLimit: parts.limits.maxBodyBytes,
      config: { scope: 'payloads:read', unaudited: 'changes_nothing' },
      schema: {
        summary: 'Show the request that an attestation would give for a destination; sends nothing',
        tags: ['destinations'],
        body: { $ref: 'PreviewRequest#' },
        response: { 200: { $ref: 'Preview#' }, ...problemResponses },
      },
    },
    async (request) => {
      const { settings } = request.body;
      const stored = await findDestination(parts, request);
      const record = await recordOf(parts, principalOf(request), request.body);
      const destination =
        settings === undefined ? stored : withUnsavedSettings(checks, request, stored, settings);
      const givenKey = settings?.credentials?.[REDACTION_KEY];
      return previewDelivery(
        parts,
        destination,
        record,
        (one) => givenKey ?? openRedactionKey(parts.sealer, one),
      );
    },
  );
}

/** The attestation that the body names or holds. Throws a problem. */
async function recordOf(
  parts: RouteParts,
  principal: Principal,
  { attestation, attestation_id: id }: PreviewBody,
): Promise<PreviewRecord> {
  if ((attestation === undefined) === (id === undefined)) {
    throw new Problem('bad_value', 'Give either attestation or attestation_id.', { pointer: '' });
  }
  if (id !== undefined) {
    const stored = isUuid(id) ? await parts.store.record.readAttestation(id) : undefined;
    if (stored !== undefined && mayUseWorkspace(principal, stored.workspaceId)) return stored;
    throw new Problem('not_found', 'There is no attestation with this id.', { pointer: '/attestation_id' });
  }
  const body = typeof attestation === 'string' ? attestation : JSON.stringify(attestation);
  const parsed = parseAttestation(body);
  if (parsed.ok) {
    const { attestation_id: recordId, workspace_id: workspaceId } = parsed.attestation;
    return { recordId, workspaceId, body };
  }
  const { code: reason, pointer, message } = parsed.refusal;
  throw new Problem('record_refused', message, { reason, pointer: `/attestation${pointer}` });
}
