/** One PostgreSQL database, an API that does not deliver, and as many `aegis-siem worker` processes as a test starts. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { callService } from '../support/call-service.ts';
import type { FakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { type CliProcess, startCliProcess } from '../support/cli-process.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { type TestPostgres, usePostgres } from '../support/postgres.ts';

export interface LaneOwner {
  /** Undefined: nobody's. */
  readonly pid: number | undefined;
  readonly token: number;
}

/** Everything that ends with `await using`. */
export class WorkerFleet implements AsyncDisposable {
  readonly #postgres: TestPostgres;
  readonly #folder: string;
  readonly #database: Client;
  readonly #processes: CliProcess[] = [];
  readonly #more: Readonly<Record<string, string>>;
  #api = { url: '', key: '' };
  #seed = 0;

  private constructor(
    postgres: TestPostgres,
    folder: string,
    database: Client,
    more: Readonly<Record<string, string>>,
  ) {
    this.#postgres = postgres;
    this.#folder = folder;
    this.#database = database;
    this.#more = more;
  }

  /** `more`: settings of every process, by variable. */
  static async open(more: Readonly<Record<string, string>>): Promise<WorkerFleet> {
    const postgres = await usePostgres();
    const database = new Client({ connectionString: postgres.url });
    await database.connect();
    const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-workers-'));
    const fleet = new WorkerFleet(postgres, folder, database, more);
    const api = fleet.#start(['serve', '--no-worker'], /listening on (?<url>http:\/\/\S+)/);
    const match = await api.ready;
    fleet.#api = {
      url: match.groups?.['url'] ?? '',
      key: readFileSync(join(folder, 'admin-key'), 'utf8').trim(),
    };
    return fleet;
  }

  /** Started, not yet ready. */
  startWorker(): CliProcess {
    return this.#start(['worker'], /^delivering$/m);
  }

  /** A destination in a workspace of its own name. */
  async addDestination(name: string, splunk: FakeSplunk): Promise<void> {
    const { url, key } = this.#api;
    const answer = await callService(url, key, 'POST', '/v1/siem/destinations', {
      name,
      workspace_id: `ws-${name}`,
      type: 'splunk_hec',
      config: { url: splunk.url },
      credentials: { token: splunk.token },
      sources: ['attestations'],
    });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
  }

  async record(name: string, count: number): Promise<void> {
    const { url, key } = this.#api;
    this.#seed += 1;
    const texts = [...generateAttestations({ seed: this.#seed, count, workspaceId: `ws-${name}` })];
    const body = Buffer.from(texts.join('\n'));
    const answer = await callService(url, key, 'POST', '/v1/attestations', body, 'application/x-ndjson');
    assert.equal(answer.status, 201, JSON.stringify(answer.body).slice(0, 500));
  }

  async owner(name: string): Promise<LaneOwner> {
    const [row] = await this.ask(
      `select l.owner, l.token from aegis_siem_lanes l join aegis_siem_destinations d using (destination_no)
       where d.name = '${name}'`,
    );
    const owner = row?.['owner'];
    return {
      // Host, then process id.
      pid: typeof owner === 'string' ? Number(owner.split('/')[1]) : undefined,
      token: Number(row?.['token']),
    };
  }

  async ask(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return (await this.#database.query<Record<string, unknown>>(sql)).rows;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#processes.map((one) => {
        // A stopped process does not even hear a SIGTERM.
        return one.end('SIGKILL');
      }),
    );
    await this.#database.end();
    await this.#postgres.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #start(args: readonly string[], ready: RegExp): CliProcess {
    const started = startCliProcess({
      args,
      ready,
      env: {
        AEGIS_SIEM_STORE: this.#postgres.url,
        AEGIS_SIEM_PORT: '0',
        AEGIS_SIEM_KEY_FILE: join(this.#folder, 'master-key'),
        AEGIS_SIEM_ADMIN_KEY_FILE: join(this.#folder, 'admin-key'),
        AEGIS_SIEM_EGRESS_ALLOW: 'http+127.0.0.1/32:1024-65535',
        AEGIS_SIEM_LOG_LEVEL: 'info',
        // What arrives is counted here; checkpoints have tests of their own.
        AEGIS_SIEM_CHECKPOINT_SECONDS: '0',
        ...this.#more,
      },
    });
    this.#processes.push(started);
    return started;
  }
}
