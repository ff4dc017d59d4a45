import type { MemoryTables } from '../../src/store/memory/memory-tables.ts';

/** Everything of a lane that a write may change, as one text: a write that changed nothing leaves the same. */
export function laneImprint(tables: MemoryTables, destinationNo: number): string {
  const lane = tables.lanes.get(destinationNo);
  const batches = [...(tables.batches.get(destinationNo)?.values() ?? [])].map((batch) =>
    [batch.epochNo, batch.firstSeq, batch.recordNos.length, batch.state, batch.ackId, batch.attempts].join(
      ':',
    ),
  );
  return JSON.stringify([
    lane,
    batches,
    [...(tables.outbox.get(destinationNo)?.keys() ?? [])],
    tables.receipts.length,
    tables.deadLetters.length,
    tables.attempts.length,
  ]);
}
