import type { FaultClass, FaultCounts } from './fault-class.ts';
import { FAULT_CLASSES } from './fault-class.ts';
import type { SeededRandom } from './seeded-random.ts';

/**
 * Which faults a world knows, and when one strikes. Each world has a random half of them: with all at once one fault would
 * hide what another shows.
 */
export class Faults {
  /** Off in the quiet phase. */
  active = true;
  readonly counts: FaultCounts = {};
  readonly #known = new Set<FaultClass>();
  readonly #random: SeededRandom;

  constructor(random: SeededRandom, known: readonly FaultClass[] | undefined) {
    this.#random = random;
    const share = random.pick([0.2, 0.5, 0.8]);
    for (const name of known ?? FAULT_CLASSES) {
      if (known !== undefined || random.chance(share)) this.#known.add(name);
    }
  }

  knows(name: FaultClass): boolean {
    return this.active && this.#known.has(name);
  }

  /** Counts when it does. */
  strikes(name: FaultClass, probability: number): boolean {
    if (!this.knows(name) || !this.#random.chance(probability)) return false;
    this.count(name);
    return true;
  }

  count(name: FaultClass): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}
