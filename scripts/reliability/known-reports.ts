/** What a run is about, for its section of docs/reliability.md. */
export interface KnownReport {
  /** As in the report's `name` (or `kind`). */
  readonly name: string;
  readonly title: string;
  readonly about: string;
  /** Leaves the report behind. */
  readonly command: string;
}

/** In the order of the document. A report of another name is shown too, at the end. */
export const KNOWN_REPORTS: readonly KnownReport[] = [
  {
    name: 'simulate',
    title: 'Deterministic simulator',
    about:
      'The real engine on a simulated clock, store and SIEM: crashes at any awaited call, lost replies, commits whose answer is lost, clock jumps, leases that run out, SIEMs that lie, operators at work. The same seed gives the same run, byte for byte.',
    command: 'npm run simulate -- --seeds 1..2000 --json reports/simulate.json',
  },
  {
    name: 'sabotage',
    title: 'Sabotage',
    about:
      'Bugs put into the engine on purpose, to see that the simulator finds them: a check that never fails proves nothing.',
    command: 'npm run --silent simulate -- --sabotage all > reports/sabotage.txt',
  },
  {
    name: 'torture',
    title: 'Real kills',
    about:
      'The real service under recording load. At seeded moments it is killed with SIGKILL (running, or in the middle of its start), a worker beside it is, the sessions of the database are terminated, the database is stopped at once and started again. At the end every record that was answered must be at both SIEMs, each number of the stream must be there, and no more requests may have been repeated than were in flight.',
    command: 'npm run torture -- --rounds 500 --json reports/torture.json',
  },
  {
    name: 'stops',
    title: 'Stops',
    about:
      'As the kills, but the service and the worker beside it are asked to stop (SIGTERM), again and again under recording load, as at each update. Nothing may be lost, nothing may come twice, and each stop must end within its grace.',
    command: 'npm run torture -- --strikes stops --rounds 100 --json reports/stops.json',
  },
  {
    name: 'soak',
    title: 'A steady load for long',
    about:
      'The real service at half of what it was found to record and deliver, with a SIEM that fails now and then. What grows is looked at: memory, handles, log, bytes on disk, delay. The bounds are in test/soak/soak-verdict.ts.',
    command: 'npm run soak -- --minutes 240 --json reports/soak.json',
  },
  {
    name: 'misbehaving sinks',
    title: 'SIEMs that misbehave',
    about:
      'Busy, throttling, refusing connections, refusing single events or whole batches, losing replies, stalling, with a token that is disabled for a while. Lost must be 0, and the dead letters exactly the events that were refused. `counted` is what was told of possible doubles, an upper bound: HEC may have taken what stood before an event that it refused.',
    command: 'npm run misbehave -- --json reports/misbehave.json',
  },
  {
    name: 'backlog',
    title: 'A long backlog',
    about:
      'Memory, and the time to the first batch, with 1,000 and with 1,000,000 rows that wait. What is compared stands beside each other: the ratio says more than the figures.',
    command: 'npm run bench:backlog -- --json reports/backlog.json',
  },
];

/** Said in every report, so that nobody reads more into it than there is. */
export const NOT_COVERED: readonly string[] = [
  'Loss of power or of a disk: processes and the database are killed, the machine is not. Commits are synced (`synchronous=FULL`, `fsync=on`), and the disk is trusted to have done it.',
  'A real Splunk or Sentinel: the other side is a fake that holds to the documented protocol and to what was measured of real receivers.',
  'A failover to a replica of PostgreSQL under load; another system identifier or timeline opening a new epoch is tested without load.',
  'Several machines: all processes of a run share one clock and one kernel. Across machines the lease decides, by the time of the database; that path is tested by stopping a process for two leases.',
  'Operating systems other than Linux, and file systems that do not keep what they were told to sync.',
  'Long runs that did not fit: 500 rounds of kills on each store, a million seeds, a soak of hours or on PostgreSQL, 100 stops in a row. What was run instead stands above.',
  'Months of running. Figures are those of the seeds and rounds above, no more.',
];
