/** What a run of any sender says of itself, ours and the peers': one line of JSON on stdout. */
export interface SenderRun {
  readonly queuedPerSecond: number;
  readonly deliveredPerSecond: number;
  /** Both phases one after the other. */
  readonly wholePerSecond: number;
  /** User and system time of the process, for 100,000 events. */
  readonly queueCpuSecondsPer100k: number;
  readonly deliverCpuSecondsPer100k: number;
  readonly peakRssMb: number;
}

/** A phase in work: what it took, for so many events, once it is done. */
export interface Phase {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export async function timed(work: () => Promise<void>): Promise<Phase> {
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  await work();
  const seconds = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

export function senderRun(count: number, queue: Phase, deliver: Phase): SenderRun {
  return {
    queuedPerSecond: count / queue.seconds,
    deliveredPerSecond: count / deliver.seconds,
    wholePerSecond: count / (queue.seconds + deliver.seconds),
    queueCpuSecondsPer100k: (queue.cpuSeconds / count) * 100_000,
    deliverCpuSecondsPer100k: (deliver.cpuSeconds / count) * 100_000,
    peakRssMb: process.resourceUsage().maxRSS / 1_024,
  };
}
