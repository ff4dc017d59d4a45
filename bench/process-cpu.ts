import { readdirSync, readFileSync } from 'node:fs';
import { Client } from 'pg';

/** Of the counters in /proc: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface ProcessTimes {
  readonly parent: number;
  readonly seconds: number;
  /** Of children that have ended. */
  readonly endedChildrenSeconds: number;
}

/** User and system time that a process has used so far, in seconds; NaN where there is no /proc. */
export function cpuSecondsOf(pid: number): number {
  return timesOf(pid)?.seconds ?? Number.NaN;
}

/** The same for a whole PostgreSQL server, with sessions that have ended; NaN where it runs on another machine. */
export async function postgresCpuSeconds(url: string): Promise<number> {
  const postmaster = timesOf(await checkpointerOf(url))?.parent;
  const own = postmaster === undefined ? undefined : timesOf(postmaster);
  if (own === undefined) return Number.NaN;
  let seconds = own.seconds + own.endedChildrenSeconds;
  for (const name of readdirSync('/proc')) {
    const times = /^\d+$/.test(name) ? timesOf(Number(name)) : undefined;
    if (times !== undefined && times.parent === postmaster) seconds += times.seconds;
  }
  return seconds;
}

/** A process that every server has: its parent is the server. */
async function checkpointerOf(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>(
      "select pid from pg_stat_activity where backend_type = 'checkpointer'",
    );
    return rows[0]?.pid ?? -1;
  } finally {
    await client.end();
  }
}

function timesOf(pid: number): ProcessTimes | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // Ended meanwhile, or no /proc.
    return undefined;
  }
  // The second field is the name in brackets and may hold anything: count from its end. Fields by number: man 5 proc_pid_stat.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    parent: field(4),
    seconds: (field(14) + field(15)) / TICKS_PER_SECOND,
    endedChildrenSeconds: (field(16) + field(17)) / TICKS_PER_SECOND,
  };
}
