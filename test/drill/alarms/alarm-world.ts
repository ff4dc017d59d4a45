import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALERT_RULES } from '../../../scripts/alerts/alert-rules.ts';
import { rulesFile } from '../../../scripts/alerts/rules-file.ts';
import type { JsonObject } from '../../../src/json.ts';
import { callService } from '../../api/call-service.ts';
import { addSplunk, Installation, record } from '../../api/installation.ts';
import { type FakeSplunk, startFakeSplunk } from '../../fake-splunk/fake-splunk.ts';
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts';
import { PrometheusProcess } from '../prometheus-process.ts';
import { SmallVolume } from '../small-volume.ts';

const VOLUME_BYTES = 96 * 1_048_576;
/** The same after each restart, so that it is scraped again. */
const PORT = 38_602;
const ENV = {
  AEGIS_SIEM_CHECKPOINT_SECONDS: '5',
  AEGIS_SIEM_PORT: String(PORT),
  AEGIS_SIEM_LEASE_SECONDS: '2',
  AEGIS_SIEM_DISK_RESERVE_BYTES: String(8 * 1_048_576),
};

/** One installation on a disk of its own, a Splunk, and Prometheus with the shipped rules, every time in them shrunk. */
export class AlarmWorld {
  readonly installation: Installation;
  readonly splunk: FakeSplunk;
  readonly volume: SmallVolume;
  readonly prometheus: PrometheusProcess;
  readonly destination: string;
  service: ServiceProcess;
  readonly #folder: string;
  #seed = 1;

  private constructor(parts: {
    readonly installation: Installation;
    readonly splunk: FakeSplunk;
    readonly volume: SmallVolume;
    readonly prometheus: PrometheusProcess;
    readonly destination: string;
    readonly service: ServiceProcess;
    readonly folder: string;
  }) {
    this.installation = parts.installation;
    this.splunk = parts.splunk;
    this.volume = parts.volume;
    this.prometheus = parts.prometheus;
    this.destination = parts.destination;
    this.service = parts.service;
    this.#folder = parts.folder;
  }

  /** Undefined where no volume can be mounted. */
  static async start(shrink: number): Promise<AlarmWorld | undefined> {
    const installation = new Installation();
    const volume = SmallVolume.over(installation.folder, VOLUME_BYTES);
    if (volume === undefined) return undefined;
    // What Prometheus keeps is not on the disk that is filled.
    const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-prometheus-'));
    const splunk = await startFakeSplunk();
    const service = await startServiceProcess({ folder: installation.folder, env: ENV });
    const rules = join(folder, 'rules.yml');
    writeFileSync(rules, rulesFile(ALERT_RULES, shrink));
    const prometheus = await PrometheusProcess.start({
      folder,
      target: new URL(service.url).host,
      keyFile: installation.file('admin-key'),
      rulesFile: rules,
    });
    const destination = await addSplunk(service.url, installation.key(), splunk);
    const world = new AlarmWorld({
      installation,
      splunk,
      volume,
      prometheus,
      destination,
      service,
      folder,
    });
    await world.decide();
    // One checkpoint too: there must be one that can grow old.
    await splunk.waitFor(6);
    return world;
  }

  async restart(env: Readonly<Record<string, string>> = {}, signal?: NodeJS.Signals): Promise<void> {
    await this.service.end(signal);
    await this.startService(env);
  }

  async startService(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.service = await startServiceProcess({ folder: this.installation.folder, env: { ...ENV, ...env } });
  }

  async call(method: string, path: string, body: JsonObject): Promise<string> {
    const reply = await callService(this.service.url, this.installation.key(), method, path, body);
    if (reply.status > 299) throw new Error(`${method} ${path}: ${reply.text}`);
    return reply.text;
  }

  /** Also wakes it: who changes a destination is tried again at once. */
  async patch(body: JsonObject): Promise<void> {
    await this.call('PATCH', `/v1/siem/destinations/${this.destination}`, body);
  }

  /** Its token as it is: mended, and tried again at once. */
  wake(): Promise<void> {
    return this.patch({ credentials: { token: this.splunk.token } });
  }

  decide(count = 5): Promise<readonly string[]> {
    this.#seed += 1;
    return record(this.service.url, this.installation.key(), this.#seed, count);
  }

  /** The store past the service, as a person with a shell has it. */
  database(): DatabaseSync {
    return new DatabaseSync(this.installation.file('aegis.db'));
  }

  async pause(seconds: number): Promise<void> {
    await sleep(seconds * 1_000);
  }

  async close(): Promise<void> {
    await this.prometheus.stop();
    await this.service.end('SIGKILL');
    await this.splunk.close();
    this.volume[Symbol.dispose]();
    this.installation.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
