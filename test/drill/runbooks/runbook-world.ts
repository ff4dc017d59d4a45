import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asItems, asObject, cell } from '../../../src/cli/output.ts';
import type { JsonObject, JsonValue } from '../../../src/json.ts';
import { callService, type ServiceReply } from '../../api/call-service.ts';
import { Installation, record, WORKSPACE } from '../../api/installation.ts';
import { type FakeSplunk, startFakeSplunk } from '../../fake-splunk/fake-splunk.ts';
import { type CliProcess, startCliProcess } from '../../support/cli-process.ts';
import { generateAttestations } from '../../support/generate-attestations.ts';
import { type ServiceProcess, startServiceProcess } from '../../support/service-process.ts';
import { SmallVolume } from '../small-volume.ts';

const CLI = join(import.meta.dirname, '..', '..', '..', 'src', 'cli.ts');
const WAIT_MS = 90_000;
const LOOK_AGAIN_MS = 100;

export interface Ran {
  readonly command: string;
  readonly output: string;
  readonly code: number | null;
}

/** One installation as its operator has it: the service as a process, a SIEM, a shell in which `aegis-siem` is a command. */
export class RunbookWorld {
  readonly installation = new Installation();
  readonly recorded: string[] = [];
  /** Where the installation has a disk of its own. */
  volume: SmallVolume | undefined;
  splunk: FakeSplunk;
  service: ServiceProcess | undefined;
  /** The release that is installed: what `aegis-siem` runs. */
  cli: string;
  #seed = 0;
  #env: Readonly<Record<string, string>>;
  readonly #closing: (() => Promise<void>)[] = [];

  private constructor(splunk: FakeSplunk, env: Readonly<Record<string, string>>, cli: string) {
    this.splunk = splunk;
    this.#env = env;
    this.cli = cli;
  }

  static async start(
    env: Readonly<Record<string, string>> = {},
    startSplunk: () => Promise<FakeSplunk> = startFakeSplunk,
    { cli = CLI, volumeBytes }: { readonly cli?: string; readonly volumeBytes?: number } = {},
  ): Promise<RunbookWorld> {
    const world = new RunbookWorld(await startSplunk(), env, cli);
    if (volumeBytes !== undefined) {
      const volume = SmallVolume.over(world.folder, volumeBytes);
      if (volume === undefined)
        throw new Error('this drill mounts a small disk of its own: run it as root on Linux');
      world.volume = volume;
      world.onClose(() => Promise.resolve(volume[Symbol.dispose]()));
    }
    world.#writeCommand();
    await world.startService();
    return world;
  }

  get folder(): string {
    return this.installation.folder;
  }

  get url(): string {
    return this.service?.url ?? 'http://127.0.0.1:1';
  }

  async startService(): Promise<void> {
    this.service = await startServiceProcess({ folder: this.folder, env: this.#env, cli: this.cli });
  }

  /** A worker of the release that is installed, beside the service. */
  async startWorker(): Promise<CliProcess> {
    const worker = startCliProcess({
      cli: this.cli,
      args: ['worker'],
      env: {
        ...this.installation.env(),
        AEGIS_SIEM_KEY_FILE: join(this.folder, 'master-key'),
        ...this.#env,
      },
      ready: /delivering/,
    });
    this.onClose(async () => void (await worker.end('SIGTERM')));
    await worker.ready;
    return worker;
  }

  async stopService(): Promise<void> {
    await this.service?.end();
    this.service = undefined;
  }

  write(name: string, value: JsonValue | string): void {
    writeFileSync(join(this.folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  call(method: string, path: string, body?: JsonObject): Promise<ServiceReply> {
    return callService(this.url, this.installation.key(), method, path, body);
  }

  async addDestination(body: JsonObject): Promise<string> {
    const made = await this.call('POST', '/v1/siem/destinations', {
      workspace_id: WORKSPACE,
      // Without the events of its own making, so that what arrives can be counted.
      sources: ['attestations'],
      ...body,
    });
    if (made.status !== 201) throw new Error(made.text);
    return made.body.destination_id;
  }

  addSplunk(config: JsonObject = {}): Promise<string> {
    return this.addDestination({
      name: 'splunk-prod',
      type: 'splunk_hec',
      config: { url: this.splunk.url, ...config },
      credentials: { token: this.splunk.token },
    });
  }

  /** Decisions of an agent, recorded over REST. */
  async decide(count: number): Promise<readonly string[]> {
    this.#seed += 1;
    const ids = await record(this.url, this.installation.key(), this.#seed, count);
    this.recorded.push(...ids);
    return ids;
  }

  /** Fresh ones as NDJSON, which nobody waits for. */
  attestations(count: number): string {
    this.#seed += 1;
    return [...generateAttestations({ seed: this.#seed, count, workspaceId: WORKSPACE })].join('\n');
  }

  attestation(): string {
    const [text = ''] = generateAttestations({ seed: 9_999, count: 1, workspaceId: WORKSPACE });
    return text;
  }

  async health(name: string): Promise<JsonObject> {
    const { text } = await this.call('GET', '/v1/siem/destinations');
    const items = asItems(asObject(JSON.parse(text) as JsonValue)['items']);
    const id = cell(items.find((item) => item['name'] === name)?.['destination_id']);
    const health = await this.call('GET', `/v1/siem/destinations/${id}/health`);
    return asObject(JSON.parse(health.text) as JsonValue);
  }

  async healthIs(name: string, state: string): Promise<void> {
    await this.until(
      async () => asObject((await this.health(name))['health'])['state'] === state,
      `${name} is ${state}`,
    );
  }

  /** Healthy, and nothing waits. */
  async isWell(name: string): Promise<void> {
    await this.until(async () => {
      const health = await this.health(name);
      return (
        asObject(health['health'])['state'] === 'healthy' &&
        health['open_rows'] === 0 &&
        health['dead_letters'] === 0
      );
    }, `${name} is healthy and has everything`);
  }

  /** Every decision that was recorded stands in the SIEM. */
  async allInSplunk(): Promise<void> {
    await this.until(() => {
      const there = new Set(this.splunk.events().map(({ event }) => asObject(event['metadata'])['uid']));
      return this.recorded.every((id) => there.has(id));
    }, 'every decision is in Splunk');
  }

  async until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const deadline = performance.now() + WAIT_MS;
    while (!(await isSo())) {
      if (performance.now() > deadline) throw new Error(`not within ${WAIT_MS} ms: ${what}`);
      await sleep(LOOK_AGAIN_MS);
    }
  }

  /** What the SIEM's own export would hold. */
  writeExport(name: string, without?: string): void {
    const lines = this.splunk
      .events()
      .filter(({ event }) => without === undefined || asObject(event['metadata'])['uid'] !== without)
      .map(({ eventText }) => eventText);
    this.write(name, `${lines.join('\n')}\n`);
  }

  /** A line of a page, in the operator's shell. */
  run(command: string): Promise<Ran> {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', command], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...this.installation.env(),
        AEGIS_SIEM_LOG_LEVEL: 'info',
        AEGIS_SIEM_CHECKPOINT_SECONDS: '300',
        ...this.#env,
        AEGIS_SIEM_KEY_FILE: join(this.folder, 'master-key'),
        AEGIS_SIEM_ADMIN_KEY_FILE: join(this.folder, 'admin-key'),
        AEGIS_SIEM_URL: this.url,
        PATH: [join(this.folder, 'bin'), process.env['PATH'] ?? ''].join(delimiter),
      },
    });
    let output = '';
    const hear = (chunk: Buffer): void => void (output += chunk.toString('utf8'));
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const { promise, resolve, reject } = Promise.withResolvers<Ran>();
    child.once('error', reject);
    child.once('close', (code) => resolve({ command, output, code }));
    return promise;
  }

  onClose(close: () => Promise<void>): void {
    this.#closing.push(close);
  }

  async close(): Promise<void> {
    await this.stopService();
    await this.splunk.close().catch(() => undefined);
    // What began last ends first.
    for (const close of this.#closing.toReversed()) await close();
    this.installation.remove();
  }

  /** Another release is installed in place of the one that was. */
  install(cli: string = CLI): void {
    this.cli = cli;
    this.#writeCommand();
  }

  /** What the operator sets; the service and the shell have it from their next start on. */
  set(more: Readonly<Record<string, string>>): void {
    this.#env = { ...this.#env, ...more };
  }

  #writeCommand(): void {
    mkdirSync(join(this.folder, 'bin'), { recursive: true });
    const file = join(this.folder, 'bin', 'aegis-siem');
    writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${this.cli}' "$@"\n`);
    chmodSync(file, 0o755);
  }
}
