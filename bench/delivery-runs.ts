import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usePostgres } from '../test/support/postgres.ts';
import { childRun } from './child-run.ts';
import type { SenderRun } from './sender-run.ts';
import type { Sink } from './sink.ts';

export interface DeliveryCase {
  readonly store: 'sqlite' | 'postgres';
  readonly encoding: 'plain' | 'gzip';
}

/** Both stores, plain and with gzip. */
export const DELIVERY_CASES: readonly DeliveryCase[] = (['sqlite', 'postgres'] as const).flatMap((store) =>
  (['plain', 'gzip'] as const).map((encoding) => ({ store, encoding })),
);

/** Runs `file` with a new store and the sink, and holds what arrived there against what was recorded. */
export async function deliverOnce(
  file: string,
  { store, encoding }: DeliveryCase,
  events: number,
  sink: Sink,
  ...args: readonly string[]
): Promise<SenderRun> {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-bench-'));
  const postgres = store === 'postgres' ? await usePostgres() : undefined;
  await sink.reset();
  try {
    const url = postgres?.url ?? `sqlite:${join(folder, 'aegis.db')}`;
    const run = await childRun<SenderRun>(file, [url, sink.url, String(events), encoding, ...args]);
    const { events: arrived } = await sink.counts();
    if (arrived !== events) throw new Error(`${arrived} of ${events} events arrived at the sink`);
    return run;
  } finally {
    await postgres?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
