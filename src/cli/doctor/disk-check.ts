import { type FreeBytesOf, SYSTEM_FREE_BYTES } from '../../store/sqlite/disk-reserve.ts';
import { type Finding, ok } from './finding.ts';

const WARNING_TIMES = 4;
const MIB = 1_048_576;

/** Whether the disk of an embedded store has room beyond the reserve. */
export function checkDisk(
  folder: string,
  reserveBytes: number,
  freeBytesOf: FreeBytesOf = SYSTEM_FREE_BYTES,
): Finding {
  const free = freeBytesOf(folder);
  if (free === undefined) return ok('disk', 'The file system does not say how much room it has');
  const room = `${Math.floor(free / MIB)} MiB free, ${Math.floor(reserveBytes / MIB)} MiB in reserve`;
  if (free >= WARNING_TIMES * reserveBytes) return ok('disk', room);
  const refuses = free < reserveBytes;
  return {
    check: 'disk',
    status: refuses ? 'fail' : 'warn',
    message: refuses ? `${room}: new decisions are refused` : room,
    fix: `Make room on the disk of ${folder}`,
    runbook: 'disk-full',
  };
}
