/** Verifies one export in a process of its own and prints rate and memory as JSON. Arguments: file, key, time of the export. */
import { readFile } from 'node:fs/promises';
import { readBlocks } from '../src/cli/read-blocks.ts';
import { readPublicKey } from '../src/proof/checkpoint-key.ts';
import { readExport } from '../src/verify/read-export.ts';
import { Verification } from '../src/verify/verification.ts';

export interface VerifyRun {
  readonly events: number;
  readonly bytes: number;
  readonly readSeconds: number;
  readonly judgeSeconds: number;
  /** Of all threads: what the run needs where nothing else wants the processor. */
  readonly cpuSeconds: number;
  readonly peakMemoryMb: number;
  readonly complete: boolean;
}

if (import.meta.main) {
  const [file = '', keyFile = '', asOf = ''] = process.argv.slice(2);
  const key = readPublicKey(await readFile(keyFile, 'utf8'));
  const verification = new Verification();
  const startedMs = performance.now();
  const { bytes } = await readExport(readBlocks(file), {
    onEvent: (event) => verification.add(event),
    onOther: () => undefined,
  });
  const readMs = performance.now();
  const { complete } = verification.judge({ keys: [key], asOfMs: Number(asOf), graceMs: 0 });
  const usage = process.resourceUsage();
  const result: VerifyRun = {
    events: verification.events,
    bytes,
    readSeconds: (readMs - startedMs) / 1_000,
    judgeSeconds: (performance.now() - readMs) / 1_000,
    cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    peakMemoryMb: usage.maxRSS / 1_024,
    complete,
  };
  console.log(JSON.stringify(result));
}
