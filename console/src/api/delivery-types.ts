import type {
  decisionSignatureSchema,
  listedDeliverySchema,
  sentPlaceSchema,
} from '../../../src/api/schemas/listed-delivery-schema.ts';
import type { Answered, Page } from './api-types.ts';

export type ListedDelivery = Answered<typeof listedDeliverySchema>;
export type DecisionSignature = Answered<typeof decisionSignatureSchema>;
export type SentPlace = Answered<typeof sentPlaceSchema>;

/** A page of the list of deliveries: it looks at a bounded number of records, and may end early. */
export interface DeliveryPage extends Page<ListedDelivery> {
  readonly records_looked_at: number;
  readonly looked_back_to: string | null;
}

/** What was sent of one record. */
export interface SentPlaces {
  readonly attestation_id: string;
  readonly record_text: string | null;
  /** Null where the record may not be read. */
  readonly decision_signature: DecisionSignature | null;
  readonly items: readonly SentPlace[];
}
