import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What the kernel says about processes. Linux only: elsewhere nothing is known, and nothing is concluded. */
export interface ProcessTable {
  readonly hostName: string;
  /** Random for each boot of a kernel: two machines never share it, whatever they are called. */
  readonly bootId: string | undefined;
  /** Process ids mean something within their namespace only (containers have their own). */
  readonly pidNamespace: string | undefined;
  /** In clock ticks since the boot: a later process with the same id has another one. */
  startTicks(pid: number): string | undefined;
  /** False only where the kernel says that there is no such process. */
  exists(pid: number): boolean;
}

/** The kernel that this process runs on. */
export const SYSTEM_PROCESSES: ProcessTable = Object.freeze({
  hostName: hostname().replaceAll('/', '_'),
  bootId: read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
  pidNamespace: read(() => readlinkSync('/proc/self/ns/pid')),
  // The second field is the program's name in parentheses and may hold anything; the start is field 22.
  startTicks: (pid: number) =>
    read(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19]),
  exists: (pid: number) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
    }
  },
});

/**
 * Names a process as the owner of lanes: who looks at the table sees host and process id first. `unique` tells two owners
 * within one process apart. Where the kernel tells enough, the text also lets another process find out that this one is gone.
 */
export function processMark(pid: number, unique: string, processes: ProcessTable = SYSTEM_PROCESSES): string {
  const { hostName, bootId, pidNamespace } = processes;
  const startTicks = processes.startTicks(pid);
  const name = `${hostName}/${pid}/${unique}`;
  if (bootId === undefined || pidNamespace === undefined || startTicks === undefined) return name;
  return `${name}/${bootId}/${pidNamespace}/${startTicks}`;
}

/**
 * True when the process that made `mark` is proved to be gone: it ran on this very boot of this machine, in this process
 * namespace, and its id is free now or belongs to a process that started at another time. Whatever is not known makes it
 * false: then the lease decides.
 */
export function isProcessGone(mark: string, processes: ProcessTable = SYSTEM_PROCESSES): boolean {
  const [host, pidText = '', , bootId, pidNamespace, startTicks] = mark.split('/');
  const pid = Number(pidText);
  if (bootId === undefined || pidNamespace === undefined || startTicks === undefined) return false;
  if (host !== processes.hostName || !Number.isSafeInteger(pid) || pid < 1) return false;
  if (bootId !== processes.bootId || pidNamespace !== processes.pidNamespace) return false;
  if (!processes.exists(pid)) return true;
  const ticksNow = processes.startTicks(pid);
  return ticksNow !== undefined && ticksNow !== startTicks;
}

function read(look: () => string | undefined): string | undefined {
  try {
    const text = look();
    return text === '' ? undefined : text;
  } catch {
    // Not Linux, or not to be seen from here: not known.
    return undefined;
  }
}
