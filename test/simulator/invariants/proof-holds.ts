import type { EventBytes } from '../../../src/connectors/connector.ts';
import { Verification } from '../../../src/verify/verification.ts';
import { CHECKPOINT_KEY } from '../checkpoint-world.ts';
import { WALL_START_MS } from '../simulated-process.ts';
import type { Evidence, Invariant } from './invariant.ts';

/** Clocks jump by hours here: that a checkpoint is late is not looked at. */
const ANY_DELAY_MS = 1e10;

/** What a SIEM has is complete by `verify`: no number missing, no byte changed, every checkpoint signed and in order. */
export function proofHolds({ proved, tables, ledger, scheduler }: Evidence): Invariant {
  const inSiem = new Map<number, EventBytes[]>();
  return {
    name: 'proof_holds',
    on: {
      taken: ({ send, events }) => {
        if (!proved) return undefined;
        const texts = inSiem.get(send.destinationNo) ?? [];
        texts.push(...events.map(({ bytes }) => bytes));
        inSiem.set(send.destinationNo, texts);
        return undefined;
      },
    },
    atEnd: () => {
      for (const [destinationNo, texts] of inSiem) {
        // An epoch ends where the store says that it is another one: what `verify` then finds in it is meant to be found.
        const isFirstEpoch = tables.lanes.get(destinationNo)?.epochNo === 1;
        if (ledger.deletedDestinations.has(destinationNo) || !isFirstEpoch) continue;
        const verification = new Verification();
        for (const text of texts) verification.add(Buffer.from(text));
        const asOfMs = WALL_START_MS + scheduler.nowMs;
        const { streams } = verification.judge({ keys: [CHECKPOINT_KEY], asOfMs, graceMs: ANY_DELAY_MS });
        for (const { findings } of streams) {
          const fault = findings.kept.find(({ severity }) => severity === 'fault');
          if (fault !== undefined)
            return `destination ${destinationNo}: verify finds ${JSON.stringify(fault)}`;
        }
      }
      return undefined;
    },
  };
}
