/** What the SIEMs got from a service that is killed, told to stop and started again is proved by what they got, and nothing else. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runCommand } from '../cli/run-command.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { arrivalsOf, streamOf } from './arrival.ts';
import {
  record,
  startThreeDestinations,
  type ThreeDestinations,
  uidOf,
  WORKSPACE,
} from './three-destinations.ts';

const COUNT = 4_000;
const PER_REQUEST = 500;
const WAIT_MS = 120_000;

describe('what arrived proves itself', () => {
  for (const store of ['sqlite', 'postgres'] as const) {
    it(`on ${store}: complete after a kill and a stop, and one event less is named`, async () => {
      await using rig = await startThreeDestinations(
        store,
        { AEGIS_SIEM_CHECKPOINT_SECONDS: '1' },
        { class_uid: 6003, version: '1.9.0', record_integrity: true },
      );
      using folder = temporaryFolder();
      const texts = [...generateAttestations({ seed: 21, count: COUNT, workspaceId: WORKSPACE })];
      await record(rig.service, texts.slice(0, COUNT / 2), PER_REQUEST);
      await rig.splunk.waitFor(COUNT / 8, WAIT_MS);
      await rig.restart('SIGKILL');
      await record(rig.service, texts.slice(COUNT / 2), PER_REQUEST);
      await waitForAll(rig);
      const keys = await rig.service.call('GET', '/v1/siem/checkpoint-keys');
      const { items } = keys.body as unknown as { items: readonly { public_key_pem: string }[] };
      const key = folder.file('key.pem', items[0]?.public_key_pem ?? '');
      // A stop says its last word: nothing is overdue after it, however late one looks.
      await rig.service.end('SIGTERM');

      const asOf = ['--as-of', '2199-01-01T00:00:00Z', '--key', key];
      const judged = await runCommand(['verify', '--store', rig.storeUrl, '--json', ...asOf]);
      assert.equal(judged.code, 0, `the store: ${judged.out}${judged.error}\n${rig.service.output()}`);
      const { chain, streams } = JSON.parse(judged.out) as StoreReport;
      assert.ok(chain.records >= COUNT, `${chain.records} records are chained`);
      assert.equal(streams.length, 3);
      for (const { last_checkpoint: last } of streams) assert.ok(last.chain.link <= chain.links);
      for (const [name, rows] of Object.entries(exportsOf(rig))) {
        const all = folder.file(`${name}.ndjson`, rows.map(({ text }) => text).join('\n'));
        const complete = await runCommand(['verify', all, '--json', ...asOf]);
        assert.equal(complete.code, 0, `${name}: ${complete.out}${complete.error}`);
        const [stream] = (JSON.parse(complete.out) as ExportReport).streams;
        // Splunk's destination asks for fingerprints: of decisions and checkpoints, before and after the kill.
        assert.equal(stream?.fitting_fingerprints, name === 'splunk' ? stream?.places : 0);
        const missing = rows.filter(({ seq }) => seq !== 1_234).map(({ text }) => text);
        const less = await runCommand([
          'verify',
          folder.file('less.ndjson', missing.join('\n')),
          '--json',
          ...asOf,
        ]);
        assert.equal(less.code, 1);
        const report = JSON.parse(less.out) as {
          streams: { findings: { name: string; severity: string; from_seq: number; to_seq: number }[] }[];
        };
        const faults = report.streams.flatMap(({ findings }) =>
          findings.filter(({ severity }) => severity === 'fault'),
        );
        assert.deepEqual(
          faults.map(({ name: found, from_seq: from, to_seq: to }) => [found, from, to]),
          [['gap', 1_234, 1_234]],
        );
      }
    });
  }
});

interface ExportReport {
  readonly streams: readonly { readonly places: number; readonly fitting_fingerprints: number }[];
}

interface StoreReport {
  readonly chain: { readonly records: number; readonly links: number };
  readonly streams: readonly { readonly last_checkpoint: { readonly chain: { readonly link: number } } }[];
}

/** As each SIEM exports: HEC envelopes, and rows of the two tables. */
function exportsOf({ splunk, azure }: ThreeDestinations): Record<string, { text: string; seq: number }[]> {
  return {
    splunk: splunk.events().map(({ event, eventText }) => ({
      text: `{"time":1,"event":${eventText}}`,
      seq: streamOf(event).seq,
    })),
    sentinel: rowsOf(azure.rows('logs_ingestion'), 'RawEvent'),
    'sentinel-legacy': rowsOf(azure.rows('data_collector'), 'RawEvent_s'),
  };
}

function rowsOf(rows: readonly object[], name: string): { text: string; seq: number }[] {
  return rows.map((row) => {
    const fields = row as Record<string, unknown>;
    const raw = fields[name] ?? fields['RawEvent'];
    assert.ok(typeof raw === 'string', Object.keys(fields).join());
    return { text: JSON.stringify({ [name]: raw }), seq: streamOf(JSON.parse(raw) as never).seq };
  });
}

async function waitForAll(rig: ThreeDestinations): Promise<void> {
  const untilMs = Date.now() + WAIT_MS;
  for (;;) {
    const distinct = Object.values(arrivalsOf(rig)).map((events) => {
      const decisions = events.filter((event) => !uidOf(event).startsWith('checkpoint:'));
      return new Set(decisions.map(uidOf)).size;
    });
    if (distinct.every((size) => size === COUNT)) return;
    assert.ok(Date.now() < untilMs, `${distinct.join(', ')} of ${COUNT} arrived`);
    await rig.splunk.waitFor(rig.splunk.events().length + 1_000, 500).catch(() => undefined);
  }
}

function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-proof-'));
  return {
    file: (name: string, content: string): string => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}
