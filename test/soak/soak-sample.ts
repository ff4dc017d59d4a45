import { statSync } from 'node:fs';
import { get } from 'node:http';
import { parseScrape } from '../metrics/scrape.ts';
import { askStore } from '../support/ask-store.ts';
import type { DelayHistogram } from './delay-histogram.ts';

/** The process and its store at one moment. */
export interface SoakSample {
  /** Since the steady load began. */
  readonly atMs: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly openHandles: number;
  /** Rows that wait. */
  readonly openRows: number;
  /** Write-ahead log: beside the file with SQLite, of the whole server with PostgreSQL. */
  readonly logBytes: number;
  /** Of the store, without its log. */
  readonly diskBytes: number;
  /** Events at the SIEM so far. */
  readonly arrived: number;
  /** Of what arrived since the sample before. */
  readonly delays: DelayHistogram;
}

export type Measured = Omit<SoakSample, 'atMs' | 'arrived' | 'delays'>;

/** Asks the service for its metrics and the store for its size. */
export async function measure(url: string, key: string, storeUrl: string): Promise<Measured> {
  const samples = parseScrape(await readText(new URL('/metrics', url), key));
  const sum = (metric: string): number =>
    samples.filter(({ name }) => name === metric).reduce((total, { value }) => total + value, 0);
  return {
    residentBytes: sum('process_resident_memory_bytes'),
    heapBytes: sum('nodejs_heap_size_used_bytes'),
    openHandles: sum('process_open_fds'),
    openRows: sum('aegis_siem_outbox_open_rows'),
    ...(await sizesOf(storeUrl)),
  };
}

/** What the service itself says of events that may stand in the SIEM twice. */
export async function possibleDuplicates(url: string, key: string): Promise<number> {
  const samples = parseScrape(await readText(new URL('/metrics', url), key));
  return samples
    .filter(({ name }) => name === 'aegis_siem_possible_duplicates_total')
    .reduce((total, { value }) => total + value, 0);
}

async function sizesOf(storeUrl: string): Promise<Pick<SoakSample, 'logBytes' | 'diskBytes'>> {
  if (storeUrl.startsWith('sqlite:')) {
    const path = storeUrl.slice('sqlite:'.length);
    return { diskBytes: sizeOf(path), logBytes: sizeOf(`${path}-wal`) };
  }
  const [row] = await askStore(
    storeUrl,
    'select pg_database_size(current_database()) as disk, (select sum(size) from pg_ls_waldir()) as log',
  );
  return { diskBytes: Number(row?.['disk']), logBytes: Number(row?.['log']) };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function readText(url: URL, key: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get(url, { headers: { authorization: `Bearer ${key}` } }, (incoming) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', reject);
    incoming.on('end', () => {
      if (incoming.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'));
      else reject(new Error(`${url.pathname} answered ${String(incoming.statusCode)}`));
    });
  }).on('error', reject);
  return promise;
}
