import assert from 'node:assert/strict';
import type { RunningService } from '../../src/service.ts';
import { callService, type ServiceReply } from '../api/call-service.ts';
import { Installation } from '../api/installation.ts';
import type { FakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { usePostgres } from '../support/postgres.ts';
import { builtConsole } from './built-console.ts';

export const WORKSPACE = 'ws-finance';
const SETTLED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** A service with the built console, in an installation of its own. */
export class ConsoleService {
  readonly url: string;
  readonly adminKey: string;
  readonly #installation: Installation;
  readonly #more: Readonly<Record<string, string>>;
  #service: RunningService;
  readonly #remove: () => Promise<void>;

  private constructor(
    service: RunningService,
    installation: Installation,
    more: Readonly<Record<string, string>>,
    remove: () => Promise<void>,
  ) {
    this.url = service.url;
    this.adminKey = installation.key();
    this.#installation = installation;
    this.#more = more;
    this.#service = service;
    this.#remove = remove;
  }

  static async start(storeName: 'sqlite' | 'postgres'): Promise<ConsoleService> {
    await builtConsole();
    const postgres = storeName === 'postgres' ? await usePostgres() : undefined;
    const installation = new Installation();
    const remove = async (): Promise<void> => {
      await postgres?.close();
      installation.remove();
    };
    try {
      const more = {
        AEGIS_SIEM_CHECKPOINT_SECONDS: '300',
        AEGIS_SIEM_KEY_FILE: installation.file('master-key'),
        AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key'),
        ...(postgres === undefined ? {} : { AEGIS_SIEM_STORE: postgres.url }),
      };
      return new ConsoleService(await installation.start(more), installation, more, remove);
    } catch (error) {
      await remove();
      throw error;
    }
  }

  /** One call with the administrator's key; a text is a body of one JSON value a line. */
  call(method: string, path: string, body?: object | string): Promise<ServiceReply> {
    const type = typeof body === 'string' ? 'application/x-ndjson' : undefined;
    return callService(this.url, this.adminKey, method, path, body, type);
  }

  /** A call that has to succeed. */
  async must(method: string, path: string, body?: object | string): Promise<ServiceReply> {
    const reply = await this.call(method, path, body);
    assert.ok(reply.status < 300, `${method} ${path}: ${reply.text}`);
    return reply;
  }

  /** Makes a Splunk destination; answers its id. */
  async addSplunk(name: string, to: FakeSplunk, ocsf?: object): Promise<string> {
    const reply = await this.must('POST', '/v1/siem/destinations', {
      name,
      workspace_id: WORKSPACE,
      type: 'splunk_hec',
      config: { url: to.url, index: 'ai_agents' },
      credentials: { token: to.token },
      sources: ['attestations'],
      ...(ocsf === undefined ? {} : { ocsf }),
    });
    return reply.body.destination_id;
  }

  /** The key of somebody who sees what is delivered and nothing of what it says. */
  async makeViewer(): Promise<string> {
    const made = await this.must('POST', '/v1/api-keys', {
      name: 'soc-viewer',
      workspace_id: WORKSPACE,
      scopes: ['destinations:read', 'deliveries:read'],
    });
    return made.body.key;
  }

  /** Asks until the answer is as it has to become. */
  async until(path: string, isSo: (reply: ServiceReply) => boolean): Promise<void> {
    const deadline = performance.now() + SETTLED_WITHIN_MS;
    for (;;) {
      const reply = await this.must('GET', path);
      if (isSo(reply)) return;
      assert.ok(performance.now() < deadline, `${path} settles: ${reply.text}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Until nothing waits: everything is delivered or dead. */
  untilQuiet(): Promise<void> {
    return this.until('/v1/siem/outbox?limit=1', ({ body }) => body.items.length === 0);
  }

  /** The service goes; what it has stays. */
  async stop(): Promise<void> {
    await this.#service.stop();
  }

  /** The same service at the same address, after a stop. */
  async startAgain(): Promise<void> {
    const port = new URL(this.url).port;
    this.#service = await this.#installation.start({ ...this.#more, AEGIS_SIEM_PORT: port });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#remove();
  }
}
