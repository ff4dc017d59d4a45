import { describe } from 'node:test';
import { adminSection } from './admin-section.ts';
import { adminEventsSection } from './admin-events-section.ts';
import { appendOnlySection } from './append-only-section.ts';
import { backlogSection } from './backlog-section.ts';
import { batchesSection } from './batches-section.ts';
import { chainSection } from './chain-section.ts';
import { deadLettersSection } from './dead-letters-section.ts';
import { deliveryLookSection } from './delivery-look-section.ts';
import { destinationsSection } from './destinations-section.ts';
import { enqueueSection } from './enqueue-section.ts';
import { evidenceSection } from './evidence-section.ts';
import { historySection } from './history-section.ts';
import { laneSection } from './lane-section.ts';
import { openRowsSection } from './open-rows-section.ts';
import { proofSection } from './proof-section.ts';
import { pruningSection } from './pruning-section.ts';
import { receiptsSection } from './receipts-section.ts';
import { reconcileSection } from './reconcile-section.ts';
import { recordSection } from './record-section.ts';
import { replaceSection } from './replace-section.ts';
import { replaySection } from './replay-section.ts';
import { retentionSection } from './retention-section.ts';
import { sealedSection } from './sealed-section.ts';
import { sessionSection } from './session-section.ts';
import type { StoreFactory } from './store-factory.ts';
import { viewSection } from './view-section.ts';

/** What every store must do. Call it from a `*.test.ts` beside the store, once for each way to open it. */
export function describeStoreContract(factory: StoreFactory): void {
  void describe(`store contract: ${factory.name}`, () => {
    recordSection(factory);
    enqueueSection(factory);
    destinationsSection(factory);
    laneSection(factory);
    openRowsSection(factory);
    batchesSection(factory);
    receiptsSection(factory);
    replaceSection(factory);
    reconcileSection(factory);
    deadLettersSection(factory);
    replaySection(factory);
    backlogSection(factory);
    proofSection(factory);
    chainSection(factory);
    pruningSection(factory);
    retentionSection(factory);
    evidenceSection(factory);
    adminSection(factory);
    sealedSection(factory);
    sessionSection(factory);
    adminEventsSection(factory);
    viewSection(factory);
    deliveryLookSection(factory);
    historySection(factory);
    appendOnlySection(factory);
  });
}
