import type { ArrivingEvent } from '../arriving-event.ts';
import type { Send } from '../sim-event.ts';

/**
 * Events that stand in a SIEM more than once, held against what the engine counted. Replayed ones are left out on both sides:
 * they bear a mark, and people asked for them.
 */
export class DoubleCount {
  readonly #takes = new Map<string, number>();
  readonly #doubles = new Map<number, number>();
  readonly #counted = new Map<number, number>();
  readonly #uncertain = new Map<number, number>();
  /** Requests whose outcome the engine has not heard. What dies with them is counted by nobody. */
  readonly #unheard = new Map<number, Send>();

  sent(send: Send): void {
    this.#unheard.set(send.sendNo, send);
  }

  heard(send: Send): void {
    this.#unheard.delete(send.sendNo);
  }

  taken(destinationNo: number, events: readonly ArrivingEvent[]): void {
    for (const { kind, uid, replayed } of events) {
      if (kind !== 'event' || replayed) continue;
      const key = `${destinationNo}/${uid}`;
      const before = this.#takes.get(key) ?? 0;
      this.#takes.set(key, before + 1);
      if (before > 0) add(this.#doubles, destinationNo, 1);
    }
  }

  /** Written, but who wrote it may never hear so: then its count is lost with the answer. */
  mayBeUncounted(destinationNo: number, events: number): void {
    add(this.#uncertain, destinationNo, events);
  }

  counted(destinationNo: number, events: number): void {
    add(this.#counted, destinationNo, events);
  }

  /** `isDeleted`: a destination that is gone is nobody's business any more, and its counts end with it. */
  judge(isDeleted: (destinationNo: number) => boolean): string | undefined {
    for (const [destinationNo, doubles] of this.#doubles) {
      if (isDeleted(destinationNo)) continue;
      const counted = this.#counted.get(destinationNo) ?? 0;
      const died = [...this.#unheard.values()]
        .filter((send) => send.destinationNo === destinationNo)
        .reduce((sum, send) => sum + send.events.length, this.#uncertain.get(destinationNo) ?? 0);
      if (doubles > counted + died) {
        return `destination ${destinationNo}: ${doubles} doubles in the SIEM, ${counted} counted by cause, at most ${died} died with their process`;
      }
    }
    return undefined;
  }
}

function add(sums: Map<number, number>, key: number, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}
