import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { callService } from '../support/call-service.ts';
import { type CliProcess, startCliProcess } from '../support/cli-process.ts';
import { launchPostgresServer, type OwnPostgresServer } from '../support/postgres-server.ts';
import type { RecordingAddress } from './recording-load.ts';
import { type SiemProcess, startSiemProcess } from './siem-process.ts';

export type TortureStore = 'sqlite' | 'postgres';
export const TORTURE_WORKSPACE = 'ws-torture';
/** Given to the service: what does not end within, it hands back, and is gone. */
const STOP_GRACE_MS = 20_000;

/** One store, one service (on PostgreSQL a worker beside it), two SIEMs; everything but the SIEMs can be killed. */
export class TortureWorld implements AsyncDisposable {
  readonly store: TortureStore;
  readonly folder: string;
  readonly siem: SiemProcess;
  readonly server: OwnPostgresServer | undefined;
  /** How long each stop that was asked for took. */
  readonly stopsMs: number[] = [];
  /** Stops that ended otherwise than they should; each a sentence. */
  readonly badStops: string[] = [];
  #service: CliProcess | undefined;
  #worker: CliProcess | undefined;
  #address = Promise.withResolvers<RecordingAddress>();
  #listening = false;
  /** A run that is stopped half-way leaves no process behind. */
  readonly #endAll = (): void => {
    this.#service?.process.kill('SIGKILL');
    this.#worker?.process.kill('SIGKILL');
  };

  private constructor(
    store: TortureStore,
    folder: string,
    siem: SiemProcess,
    server: OwnPostgresServer | undefined,
  ) {
    this.store = store;
    this.folder = folder;
    this.siem = siem;
    this.server = server;
    process.once('exit', this.#endAll);
  }

  /** `acknowledgement`: a second destination with indexer acknowledgement beside the plain one. */
  static async open(store: TortureStore, acknowledgement: boolean): Promise<TortureWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-torture-'));
    const server = store === 'postgres' ? await launchPostgresServer() : undefined;
    const world = new TortureWorld(store, folder, await startSiemProcess(), server);
    world.startService();
    await world.ready();
    for (const collector of world.siem.collectors) {
      if (collector.acknowledgement && !acknowledgement) continue;
      await world.#addDestination(collector);
    }
    world.startWorker();
    await world.ready();
    return world;
  }

  get storeUrl(): string {
    return this.server?.url ?? `sqlite:${join(this.folder, 'aegis.db')}`;
  }

  /** Keeps its promise when a service listens. */
  address(): Promise<RecordingAddress> {
    return this.#address.promise;
  }

  startService(): void {
    const service = this.#start('serve', /listening on (?<url>http:\/\/\S+)/);
    this.#service = service;
    service.ready.then(
      (match) => {
        const key = readFileSync(join(this.folder, 'admin-key'), 'utf8').trim();
        // Killed and started anew in the meantime: this address is of no use.
        if (this.#service !== service) return;
        this.#listening = true;
        this.#address.resolve({ url: match.groups?.['url'] ?? '', key });
      },
      () => undefined,
    );
  }

  /** Only PostgreSQL has a second process that delivers. */
  startWorker(): void {
    if (this.server !== undefined) this.#worker = this.#start('worker', /^delivering$/m);
  }

  async ready(): Promise<void> {
    await this.#service?.ready;
    await this.#worker?.ready;
  }

  async killService(): Promise<void> {
    this.#forgetAddress();
    await this.#service?.end('SIGKILL');
    this.#service = undefined;
  }

  async killWorker(): Promise<void> {
    await this.#worker?.end('SIGKILL');
    this.#worker = undefined;
  }

  /** SIGTERM, as a service manager sends it; then waits for its end. */
  async stopService(): Promise<void> {
    this.#forgetAddress();
    await this.#stopOne('service', this.#service);
    this.#service = undefined;
  }

  async stopWorker(): Promise<void> {
    await this.#stopOne('worker', this.#worker);
    this.#worker = undefined;
  }

  /** The public key that proves checkpoints, as people get it. */
  async checkpointKey(): Promise<string> {
    const { url, key } = await this.address();
    const { body } = await callService(url, key, 'GET', '/v1/siem/checkpoint-keys', undefined);
    const { items } = body as unknown as { items: readonly { readonly public_key_pem: string }[] };
    return items[0]?.public_key_pem ?? '';
  }

  /** What the processes wrote last, for a message. */
  output(): string {
    return [this.#service, this.#worker].map((child) => child?.output() ?? '').join('\n');
  }

  /** SIGTERM to both; answers their exit codes. */
  async stop(): Promise<readonly (number | null)[]> {
    this.#forgetAddress();
    const ends = [this.#service, this.#worker].flatMap((child) => (child === undefined ? [] : [child]));
    this.#service = undefined;
    this.#worker = undefined;
    return Promise.all(ends.map((child) => child.end('SIGTERM')));
  }

  /** Cuts every connection that the service and the worker have to the database; answers how many. */
  async terminateSessions(): Promise<number> {
    const client = new Client({ connectionString: this.storeUrl });
    await client.connect();
    try {
      const { rowCount } = await client.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname is not null and pid <> pg_backend_pid()',
      );
      return rowCount ?? 0;
    } finally {
      await client.end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#endAll);
    await Promise.all([this.#service?.end('SIGKILL'), this.#worker?.end('SIGKILL')]);
    await this.siem.stop();
    await this.server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #stopOne(name: string, child: CliProcess | undefined): Promise<void> {
    const askedMs = performance.now();
    const exit = await child?.end('SIGTERM');
    const tookMs = Math.round(performance.now() - askedMs);
    this.stopsMs.push(tookMs);
    if (exit !== 0) this.badStops.push(`the ${name} ended with ${String(exit)} on SIGTERM`);
    if (tookMs > STOP_GRACE_MS) {
      this.badStops.push(`the ${name} took ${tookMs} ms to stop, beyond its grace of ${STOP_GRACE_MS} ms`);
    }
  }

  /** Who waits for an address that never came goes on waiting for the next one. */
  #forgetAddress(): void {
    if (this.#listening) this.#address = Promise.withResolvers();
    this.#listening = false;
  }

  #start(command: 'serve' | 'worker', ready: RegExp): CliProcess {
    const file = (name: string): string => join(this.folder, name);
    return startCliProcess({
      args: [command],
      ready,
      env: {
        AEGIS_SIEM_STORE: this.storeUrl,
        AEGIS_SIEM_PORT: '0',
        AEGIS_SIEM_KEY_FILE: file('master-key'),
        AEGIS_SIEM_ADMIN_KEY_FILE: file('admin-key'),
        AEGIS_SIEM_EGRESS_ALLOW: 'http+127.0.0.1/32:1024-65535',
        AEGIS_SIEM_LOG_LEVEL: 'warn',
        AEGIS_SIEM_STOP_GRACE_SECONDS: String(STOP_GRACE_MS / 1_000),
        // Often, so that strikes meet them on their way.
        AEGIS_SIEM_CHECKPOINT_SECONDS: '2',
      },
    });
  }

  async #addDestination(collector: SiemProcess['collectors'][number]): Promise<void> {
    const { url, key } = await this.address();
    const answer = await callService(url, key, 'POST', '/v1/siem/destinations', {
      name: collector.name,
      workspace_id: TORTURE_WORKSPACE,
      type: 'splunk_hec',
      config: { url: collector.url, indexer_acknowledgement: collector.acknowledgement },
      credentials: { token: collector.token },
      sources: ['attestations'],
    });
    if (answer.status !== 201) throw new Error(`no destination: ${JSON.stringify(answer.body)}`);
  }
}
