import type { Sabotage } from './sabotage.ts';

/** Things done too early, or called done when they are not. */
export const ORDER_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'completed_before_send',
    what: 'a batch is marked as delivered, then sent',
    file: 'src/delivery/deliver-batch.ts',
    find: '  try {\n    const outcome = await run.nextCredentials.send(',
    replace: `  try {
    const early = { answer: { message: 'early', durationMs: 0 }, deadLetters: [] };
    await run.parts.store.completeBatch(run.keeper.lease, batch.draft, early);
    const outcome = await run.nextCredentials.send(`,
  },
  {
    name: 'not_written_before_send',
    what: 'a batch is sent and was never written',
    file: 'src/delivery/form-next.ts',
    find: 'if (!(await store.formBatch(run.keeper.lease, formed.draft))) {',
    replace: 'if (store === undefined) {',
  },
  {
    name: 'sent_before_commit',
    what: 'rows are seen before their transaction has ended',
    file: 'test/simulator/recorder.ts',
    find: '    const late = faults.strikes(',
    replace: `    tables.records.set(recordNo, { recordNo, recordId: uid, workspaceId: 'ws-1', source: 'attestation', body, recordedAtMs });
    for (const no of record.owedTo) rowsOf(tables, no).set(recordNo, false);
    const late = faults.strikes(`,
  },
  {
    name: 'accepted_is_delivered',
    what: 'a batch that was accepted is called delivered without its acknowledgement',
    file: 'src/delivery/next-step.ts',
    find: "batch: { do: 'await_ack', ackId: outcome.ackId },",
    replace: "batch: { do: 'complete' },",
  },
  {
    name: 'ack_timeout_is_delivered',
    what: 'a batch whose acknowledgement never came is called delivered',
    file: 'src/delivery/acknowledgements.ts',
    find: 'for (const batch of late) await sendUnacknowledgedAgain(run, batch);',
    replace: "for (const batch of late) await completeBatch(run, batch, { message: 'late', durationMs: 0 });",
  },
  {
    name: 'ambiguous_is_delivered',
    what: 'a request without a reply is called delivered',
    file: 'src/delivery/next-step.ts',
    find: `    batch: againOrAside(at, parts),
    gate: waits('failing', outcome.answer, undefined, at, parts),`,
    replace: `    batch: { do: 'complete' },
    gate: waits('failing', outcome.answer, undefined, at, parts),`,
  },
  {
    name: 'part_is_all',
    what: 'of a request that was taken in part all is called delivered',
    file: 'src/delivery/next-step.ts',
    find: 'const taken = boundedIndex(outcome.taken, at.places);',
    replace: 'const taken = at.places;',
  },
  {
    name: 'dropped_on_401',
    what: 'a batch that was refused for its token is given up',
    file: 'src/delivery/next-step.ts',
    find: `    batch: { do: 'set_aside' },
    gate: {`,
    replace: `    batch: { do: 'give_up' },
    gate: {`,
  },
  {
    name: 'sent_again_after_delivery',
    what: 'a batch that was delivered goes again',
    file: 'src/delivery/next-step.ts',
    find: `  delivered: (outcome) => ({
    batch: { do: 'complete' },
    gate: { gate: 'opens', slowDown: outcome.slowDown === true },`,
    replace: `  delivered: (outcome, at) => ({
    batch: { do: at.places % 3 === 0 ? 'send_again' : 'complete' },
    gate: { gate: 'opens', slowDown: outcome.slowDown === true },`,
  },
];
