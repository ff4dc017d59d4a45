import type { apiKeySchema, auditRecordSchema } from '../../../src/api/schemas/api-key-schema.ts';
import type { checkpointKeySchema } from '../../../src/api/schemas/checkpoint-key-schema.ts';
import type {
  answerSchema,
  attemptSchema,
  deadLetterSchema,
  deliverySchema,
} from '../../../src/api/schemas/delivery-schema.ts';
import type {
  destinationHealthSchema,
  healthSchema,
} from '../../../src/api/schemas/destination-health-schema.ts';
import type { destinationSchema, ocsfSchema } from '../../../src/api/schemas/destination-schema.ts';
import type { testVerdictSchema } from '../../../src/api/schemas/test-verdict-schema.ts';
import type {
  historySchema,
  overviewDestinationSchema,
  overviewSchema,
} from '../../../src/api/schemas/overview-schema.ts';
import type { previewSchema } from '../../../src/api/schemas/preview-schema.ts';
import type { problemSchema } from '../../../src/api/schemas/problem-schema.ts';
import type { replayEffectSchema, replaySchema } from '../../../src/api/schemas/replay-schema.ts';
import type { signInWaysSchema, whoAmISchema } from '../../../src/api/schemas/session-schema.ts';
import type { FromSchema } from './from-schema.ts';

/** The schemas that others refer to, by the names they are registered under. */
interface Named {
  readonly Answer: typeof answerSchema;
  readonly Health: typeof healthSchema;
  readonly Ocsf: typeof ocsfSchema;
  readonly Delivery: typeof deliverySchema;
  readonly DeadLetter: typeof deadLetterSchema;
  readonly Attempt: typeof attemptSchema;
  readonly Replay: typeof replaySchema;
  readonly OverviewDestination: typeof overviewDestinationSchema;
}

/** What an answer of the API is, from the schema that the API itself publishes. */
export type Answered<S> = FromSchema<S, Named>;

export type SignInWays = Answered<typeof signInWaysSchema>;
export type WhoAmI = Answered<typeof whoAmISchema>;
export type Answer = Answered<typeof answerSchema>;
export type Health = Answered<typeof healthSchema>;
export type Destination = Answered<typeof destinationSchema>;
export type DestinationHealth = Answered<typeof destinationHealthSchema>;
export type Overview = Answered<typeof overviewSchema>;
export type OverviewDestination = Answered<typeof overviewDestinationSchema>;
export type History = Answered<typeof historySchema>;
export type TestVerdict = Answered<typeof testVerdictSchema>;
export type Preview = Answered<typeof previewSchema>;
export type Delivery = Answered<typeof deliverySchema>;
export type DeadLetter = Answered<typeof deadLetterSchema>;
export type Attempt = Answered<typeof attemptSchema>;
export type Replay = Answered<typeof replaySchema>;
export type ReplayEffect = Answered<typeof replayEffectSchema>;
export type ApiKey = Answered<typeof apiKeySchema>;
export type AuditRecord = Answered<typeof auditRecordSchema>;
export type CheckpointKey = Answered<typeof checkpointKeySchema>;
export type ProblemDocument = Answered<typeof problemSchema>;

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}
