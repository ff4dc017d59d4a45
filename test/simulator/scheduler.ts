interface Task {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** Tasks for each turn of the event loop: between two of them all promises are settled, which is all that a step needs. */
const STEPS_A_TURN = 64;

/**
 * Virtual time. Whatever waits in a simulation waits here, and nowhere else, so that the order of everything is decided by the
 * times and, where they are equal, by the `random` that was given.
 */
export class Scheduler {
  readonly #random: () => number;
  readonly #heap: Task[] = [];
  #nowMs = 0;
  #steps = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Answers how to call it off. */
  after(delayMs: number, run: () => void): () => void {
    const task = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#random(), run, cancelled: false };
    this.#push(task);
    return () => {
      task.cancelled = true;
    };
  }

  /** Lets time pass until `done`, until nothing waits any more, or until `deadlineMs` on this clock. */
  run(done: () => boolean, deadlineMs: number): Promise<'done' | 'nothing_waits' | 'deadline'> {
    return new Promise((resolve) => {
      let ended = false;
      const end = (how: 'done' | 'nothing_waits' | 'deadline'): void => {
        ended = true;
        resolve(how);
      };
      const step = (): void => {
        if (ended) return;
        if (done()) end('done');
        else if (this.#heap.length === 0) end('nothing_waits');
        else if ((this.#heap[0]?.atMs ?? 0) > deadlineMs) end('deadline');
        else this.#runNext();
      };
      const turn = (): void => {
        if (ended) return;
        for (let count = 0; count < STEPS_A_TURN; count += 1) setImmediate(step);
        setImmediate(turn);
      };
      turn();
    });
  }

  #runNext(): void {
    const task = this.#pop();
    if (task === undefined || task.cancelled) return;
    this.#nowMs = Math.max(this.#nowMs, task.atMs);
    this.#steps += 1;
    task.run();
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(task);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(task, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = task;
  }

  #pop(): Task | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      if (left === undefined) break;
      const [child, at] =
        right !== undefined && isBefore(right, left) ? [right, 2 * index + 2] : [left, 2 * index + 1];
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = at;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
