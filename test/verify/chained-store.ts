import { Chainer, type ChainerParts } from '../../src/delivery/chainer.ts';
import { DEFAULT_DELIVERY_LIMITS, type DeliveryLimits } from '../../src/delivery/delivery-limits.ts';
import { guardObserver } from '../../src/delivery/delivery-observer.ts';
import type { ChainReport } from '../../src/outbox/chain-store.ts';
import type { CheckpointKey } from '../../src/proof/checkpoint-key.ts';
import type { Store } from '../../src/store/store.ts';
import { type ChainOptions, type ChainVerdict, judgeChain } from '../../src/verify/judge-chain.ts';
import { KEYS } from './stream-world.ts';

export interface TestChainer {
  readonly chainer: Chainer;
  readonly reports: ChainReport[];
  readonly logged: string[];
}

/** A chainer over a store as the delivery has one, in real time. `limits`: short links make more of them. */
export function chainerOf(
  store: Pick<Store, 'chain'>,
  options: {
    readonly keys?: readonly CheckpointKey[];
    readonly limits?: Partial<DeliveryLimits>;
    readonly nowMs?: () => number;
    readonly chain?: Store['chain'];
  } = {},
): TestChainer {
  const reports: ChainReport[] = [];
  const logged: string[] = [];
  const log = (_: Readonly<Record<string, unknown>>, message: string): void => void logged.push(message);
  const nowMs = options.nowMs ?? (() => Date.now());
  const parts: ChainerParts = {
    chain: { store: options.chain ?? store.chain, keys: () => Promise.resolve(options.keys ?? [KEYS[0]]) },
    clock: { nowMs, monotonicMs: nowMs, sleep: () => Promise.resolve() },
    limits: { ...DEFAULT_DELIVERY_LIMITS, chainRecords: 4, chainReadRecords: 3, ...options.limits },
    logger: { info: log, warn: log, error: log },
    observer: guardObserver({ chained: (report) => void reports.push(report) }, (error) => {
      throw error;
    }),
  };
  return { chainer: new Chainer(parts), reports, logged };
}

/**
 * Takes turns until nothing is left to chain: the last numbers may be those of a transaction that was rolled back, and are covered by
 * the next link. On PostgreSQL that waits for transactions that are open in any database of the server, those of other tests too.
 */
export async function chainAll(store: Pick<Store, 'chain'>, { chainer } = chainerOf(store)): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    if ((await chainer.turn(false)) === 'nothing') return;
    if (performance.now() > deadline) throw new Error('The chain does not come to its end within 20 s');
  }
}

export function judge(store: Pick<Store, 'chain'>, given: Partial<ChainOptions> = {}): Promise<ChainVerdict> {
  return judgeChain(store.chain, { keys: [KEYS[0]], asOfMs: Date.now(), graceMs: 60_000, ...given });
}

/** `word subject from-to` of each fault, in the order in which they were found. */
export function faultsOf({ findings }: Pick<ChainVerdict, 'findings'>): string[] {
  return findings.kept
    .filter(({ severity }) => severity === 'fault')
    .map(({ name, subject, fromNo, toNo }) => {
      const numbers = fromNo === undefined ? '' : ` ${fromNo === toNo ? fromNo : `${fromNo}-${toNo ?? ''}`}`;
      return `${name} ${subject}${numbers}`;
    });
}
