import type { FastifyInstance } from 'fastify';
import type { DestinationKinds } from '../destination-kind.ts';
import { apiKeySchema, auditRecordSchema, newApiKeySchema } from './api-key-schema.ts';
import { checkpointKeySchema } from './checkpoint-key-schema.ts';
import { answerSchema, attemptSchema, deadLetterSchema, deliverySchema } from './delivery-schema.ts';
import { destinationHealthSchema, healthSchema } from './destination-health-schema.ts';
import { destinationPatchSchema, newDestinationSchema } from './destination-body-schema.ts';
import { destinationSchema, ocsfSchema } from './destination-schema.ts';
import { testVerdictSchema } from './test-verdict-schema.ts';
import { attestationSchema } from '../../attestation/attestation-schema.ts';
import { eventRecordSchema } from './ingest-body-schema.ts';
import {
  deliveryPageSchema,
  listedDeliverySchema,
  sentPlaceSchema,
  decisionSignatureSchema,
  sentPlacesSchema,
} from './listed-delivery-schema.ts';
import { historySchema, overviewDestinationSchema, overviewSchema } from './overview-schema.ts';
import { previewRequestSchema, previewSchema } from './preview-schema.ts';
import { problemSchema } from './problem-schema.ts';
import { newReplaySchema, replayAnswerSchema, replayEffectSchema, replaySchema } from './replay-schema.ts';
import { newSessionSchema, sessionSchema, whoAmISchema } from './session-schema.ts';
import { attestationResultsSchema, attestationStorySchema, eventResultsSchema } from './record-schema.ts';

/** Gives the API its schemas by name; the OpenAPI document shows the same objects. */
export function addSchemas(app: FastifyInstance, kinds: DestinationKinds): void {
  for (const schema of [
    problemSchema,
    attestationSchema,
    eventRecordSchema,
    answerSchema,
    deliverySchema,
    deadLetterSchema,
    attemptSchema,
    listedDeliverySchema,
    deliveryPageSchema,
    sentPlaceSchema,
    decisionSignatureSchema,
    sentPlacesSchema,
    newReplaySchema,
    replaySchema,
    replayEffectSchema,
    replayAnswerSchema,
    attestationResultsSchema,
    eventResultsSchema,
    attestationStorySchema,
    ocsfSchema,
    healthSchema,
    destinationSchema,
    destinationPatchSchema,
    newDestinationSchema(kinds),
    destinationHealthSchema,
    overviewDestinationSchema,
    overviewSchema,
    historySchema,
    testVerdictSchema,
    previewRequestSchema,
    previewSchema,
    newSessionSchema,
    whoAmISchema,
    sessionSchema,
    newApiKeySchema,
    apiKeySchema,
    auditRecordSchema,
    checkpointKeySchema,
  ]) {
    app.addSchema(schema);
  }
}
