import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_TIMEOUT_MS = 30_000;

export interface PrometheusOptions {
  readonly folder: string;
  /** `HOST:PORT` of what is scraped, each second. */
  readonly target: string;
  readonly keyFile: string;
  readonly rulesFile: string;
}

/** Where Prometheus itself can be had (Debian: package prometheus). */
export function hasPrometheus(): boolean {
  return spawnSync('prometheus', ['--version']).error === undefined;
}

/** A Prometheus of its own that scrapes and judges once a second. */
export class PrometheusProcess {
  readonly #child: ChildProcess;
  readonly #url: string;

  constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.#url = url;
  }

  static async start({ folder, target, keyFile, rulesFile }: PrometheusOptions): Promise<PrometheusProcess> {
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [rulesFile],
      scrape_configs: [
        {
          job_name: 'aegis-siem',
          authorization: { credentials_file: keyFile },
          static_configs: [{ targets: [target] }],
        },
      ],
    };
    const configFile = join(folder, 'prometheus.yml');
    // JSON is YAML.
    writeFileSync(configFile, JSON.stringify(config));
    const port = await freePort();
    const child = spawn(
      'prometheus',
      [
        `--config.file=${configFile}`,
        `--storage.tsdb.path=${join(folder, 'prometheus')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--query.lookback-delta=5s',
      ],
      { stdio: 'ignore' },
    );
    const url = `http://127.0.0.1:${port}`;
    await ready(`${url}/-/ready`);
    return new PrometheusProcess(child, url);
  }

  /** Names of the alerts that fire now. */
  async firing(): Promise<ReadonlySet<string>> {
    const text = await fetchText(`${this.#url}/api/v1/alerts`);
    const { data } = JSON.parse(text) as {
      data?: { alerts: readonly { state: string; labels: { alertname: string } }[] };
    };
    const alerts = data?.alerts ?? [];
    return new Set(alerts.flatMap(({ state, labels }) => (state === 'firing' ? [labels.alertname] : [])));
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await ended;
  }
}

async function ready(url: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (
    !(await fetchText(url).then(
      () => true,
      () => false,
    ))
  ) {
    if (Date.now() > deadline) throw new Error(`Prometheus was not ready within ${START_TIMEOUT_MS} ms`);
    await sleep(100);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function fetchText(url: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get(url, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => (text += part));
    response.on('end', () =>
      response.statusCode === 200
        ? resolve(text)
        : reject(new Error(`${url} answered ${response.statusCode}`)),
    );
  }).on('error', reject);
  return promise;
}
