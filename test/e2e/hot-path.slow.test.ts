/** Recording while one enqueue in a hundred fails and the SIEM is down: nobody who records notices, and all of it arrives later. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { askStore } from '../support/ask-store.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { usePostgres } from '../support/postgres.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';

const WORKSPACE = 'ws-hot-path';
const COUNT = 2_000;
const PER_REQUEST = 20;
const WAIT_MS = 120_000;

/** Each store refuses the delivery row of every hundredth record. */
const BREAK = {
  sqlite: [
    `create trigger broken before insert on aegis_siem_outbox when new.record_no % 100 = 0
       begin select raise(fail, 'broken'); end`,
  ],
  postgres: [
    `create function broken() returns trigger language plpgsql as
       $$ begin if new.record_no % 100 = 0 then raise exception 'broken'; end if; return new; end $$`,
    'create trigger broken before insert on aegis_siem_outbox for each row execute function broken()',
  ],
} as const;
const MEND = {
  sqlite: 'drop trigger broken',
  postgres: 'drop trigger broken on aegis_siem_outbox',
} as const;

describe('recording while every SIEM is down and one enqueue in a hundred fails', () => {
  for (const store of ['sqlite', 'postgres'] as const) {
    it(`answers as ever, and what was not enqueued is found and delivered once (${store})`, async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-hot-path-'));
      const postgres = store === 'postgres' ? await usePostgres() : undefined;
      const storeUrl = postgres?.url ?? `sqlite:${join(folder, 'aegis.db')}`;
      const down = await startFakeSplunk();
      const { url: siemUrl, token } = down;
      let service = await startServiceProcess({ folder, storeUrl });
      try {
        const made = await service.call('POST', '/v1/siem/destinations', {
          name: 'siem',
          workspace_id: WORKSPACE,
          type: 'splunk_hec',
          config: { url: siemUrl },
          credentials: { token },
          sources: ['attestations'],
        });
        assert.equal(made.status, 201, JSON.stringify(made.body));
        const texts = [...generateAttestations({ seed: 39, count: 2 * COUNT, workspaceId: WORKSPACE })];
        const calmMs = await record(service, texts.slice(0, COUNT));
        await down.waitFor(COUNT, WAIT_MS);
        await down.close();
        for (const statement of BREAK[store]) await askStore(storeUrl, statement);
        const faultyMs = await record(service, texts.slice(COUNT));
        t.diagnostic(
          `an answer for ${PER_REQUEST} records: p50 ${at(calmMs, 0.5)} ms, p99 ${at(calmMs, 0.99)} ms with everything well;` +
            ` p50 ${at(faultyMs, 0.5)} ms, p99 ${at(faultyMs, 0.99)} ms with the faults`,
        );
        const [noted] = await askStore(storeUrl, 'select count(*) as n from aegis_siem_missed');
        assert.equal(Number(noted?.['n']), COUNT / 100);

        await askStore(storeUrl, MEND[store]);
        await using back = await startFakeSplunk({ port: Number(new URL(siemUrl).port) });
        await service.end();
        service = await startServiceProcess({ folder, storeUrl });
        await back.waitFor(COUNT, WAIT_MS);
        const ids = back.events().map(({ event }) => (event['metadata'] as unknown as { uid: string }).uid);
        const wanted = texts.slice(COUNT).map((text) => idOf(text));
        assert.deepEqual(ids.toSorted(), wanted.toSorted(), 'each of them, once');
        const [left] = await askStore(storeUrl, 'select count(*) as n from aegis_siem_missed');
        assert.equal(Number(left?.['n']), 0);
      } finally {
        await service.end('SIGKILL');
        await down.close();
        await postgres?.close();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

/** Every record must be answered as recorded; answers how long each request took. */
async function record(service: ServiceProcess, texts: readonly string[]): Promise<readonly number[]> {
  const tookMs: number[] = [];
  for (let from = 0; from < texts.length; from += PER_REQUEST) {
    const body = Buffer.from(texts.slice(from, from + PER_REQUEST).join('\n'));
    const startedMs = performance.now();
    const answer = await service.call('POST', '/v1/attestations', body, 'application/x-ndjson');
    tookMs.push(performance.now() - startedMs);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
  }
  return tookMs;
}

function at(tookMs: readonly number[], quantile: number): string {
  const sorted = tookMs.toSorted((left, right) => left - right);
  return (sorted[Math.ceil(sorted.length * quantile) - 1] ?? 0).toFixed(1);
}

function idOf(text: string): string {
  return (JSON.parse(text) as { attestation_id: string }).attestation_id;
}
