import { DelayHistogram } from './delay-histogram.ts';

/** What was sent for recording and has not reached the SIEM yet. In memory: only what is under way, however long a run is. */
export class Arrivals {
  readonly #underWay = new Map<string, number>();
  #delays = new DelayHistogram();
  arrived = 0;
  /** Events that came once more. */
  repeated = 0;

  sent(attestationId: string): void {
    this.#underWay.set(attestationId, performance.now());
  }

  /** The service refused it for good: nobody waits for it. */
  givenUp(attestationId: string): void {
    this.#underWay.delete(attestationId);
  }

  came(attestationId: string): void {
    const sentMs = this.#underWay.get(attestationId);
    if (sentMs === undefined) {
      this.repeated += 1;
      return;
    }
    this.#underWay.delete(attestationId);
    this.arrived += 1;
    this.#delays.add(performance.now() - sentMs);
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** Delays of what came since the last time. */
  takeDelays(): DelayHistogram {
    const taken = this.#delays;
    this.#delays = new DelayHistogram();
    return taken;
  }
}
