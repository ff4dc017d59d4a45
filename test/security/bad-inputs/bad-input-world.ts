import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { RunningService } from '../../../src/service.ts';
import { callService, type ServiceReply } from '../../api/call-service.ts';
import { addSplunk, Installation, WORKSPACE } from '../../api/installation.ts';
import type { ReplyBody } from '../../api/reply-body.ts';
import { type FakeSplunk, startFakeSplunk } from '../../fake-splunk/fake-splunk.ts';
import { LoopbackServers } from '../../fake-splunk/loopback-servers.ts';
import { usePostgres } from '../../support/postgres.ts';
import { attestationText } from '../../support/valid-attestation.ts';
import { until } from '../until.ts';
import { sendRaw } from './send-raw.ts';

export type StoreName = 'sqlite' | 'postgres';

export interface Refused {
  readonly status: number;
  readonly code: string;
  readonly pointer?: string;
}

/** A real service over a real store, with a Splunk that takes what comes: the neighbour of every bad input. */
export class BadInputWorld implements AsyncDisposable {
  readonly store: StoreName;
  readonly storeUrl: string;
  readonly installation: Installation;
  readonly service: RunningService;
  readonly splunk: FakeSplunk;
  /** The destination that is well. */
  readonly destinationId: string;
  readonly servers = new LoopbackServers();
  readonly #close: () => Promise<void>;

  private constructor(
    parts: Pick<
      BadInputWorld,
      'store' | 'storeUrl' | 'installation' | 'service' | 'splunk' | 'destinationId'
    >,
    close: () => Promise<void>,
  ) {
    this.store = parts.store;
    this.storeUrl = parts.storeUrl;
    this.installation = parts.installation;
    this.service = parts.service;
    this.splunk = parts.splunk;
    this.destinationId = parts.destinationId;
    this.#close = close;
  }

  static async open(store: StoreName): Promise<BadInputWorld> {
    const installation = new Installation();
    const splunk = await startFakeSplunk();
    const postgres = store === 'postgres' ? await usePostgres() : undefined;
    const service = await installation.start({
      AEGIS_SIEM_MAX_BODY_BYTES: String(1024 * 1024),
      AEGIS_SIEM_MAX_BATCH_ITEMS: '1000',
      AEGIS_SIEM_REQUEST_TIMEOUT_SECONDS: '5',
      ...(postgres === undefined
        ? {}
        : {
            AEGIS_SIEM_STORE: postgres.url,
            AEGIS_SIEM_KEY_FILE: installation.file('master-key'),
            AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key'),
          }),
    });
    const destinationId = await addSplunk(service.url, installation.key(), splunk);
    return new BadInputWorld(
      { store, storeUrl: postgres?.url ?? '', installation, service, splunk, destinationId },
      async () => {
        await service.stop();
        await splunk.close();
        await postgres?.close();
        installation.remove();
      },
    );
  }

  call(method: string, path: string, body?: object | string, type?: string): Promise<ServiceReply> {
    return callService(this.service.url, this.installation.key(), method, path, body, type);
  }

  /** Posts bytes as they are. */
  post(body: string | Uint8Array, type?: string): Promise<ServiceReply> {
    return sendRaw(this.service.url, {
      method: 'POST',
      path: '/v1/attestations',
      body,
      headers: {
        authorization: `Bearer ${this.installation.key()}`,
        ...(type === undefined ? {} : { 'content-type': type }),
      },
    });
  }

  /** Asserts that a body is refused, with this status and code, and that nothing of the refused text comes back. */
  async refuses(body: string | Uint8Array, refused: Refused, type = 'application/json'): Promise<void> {
    const reply = await this.post(body, type);
    isRefused(reply, refused);
  }

  /** Asserts that a text is recorded and arrives at the SIEM; answers its event as text. */
  async takes(text: string): Promise<string> {
    const reply = await this.post(text, 'application/json');
    assert.equal(reply.status, 201, reply.text);
    const id = (JSON.parse(text) as { attestation_id: string }).attestation_id;
    // Other events may come first, such as what stands in the place of one that goes dead.
    const found = await until(
      () => this.splunk.events().findLast(({ event }) => uidOf(event) === id),
      (arrived) => arrived !== undefined,
    );
    assert.ok(found !== undefined);
    return found.eventText;
  }

  /** A record beside the bad input: taken, and delivered. */
  async neighbour(): Promise<void> {
    await this.takes(this.record());
  }

  /** A fresh valid record as JSON text. */
  record(changes: Readonly<Record<string, unknown>> = {}): string {
    return attestationText({ attestation_id: randomUUID(), workspace_id: WORKSPACE, ...changes });
  }

  /** A change of a destination by somebody who last saw this version of it. */
  patchAt(version: number, path: string, body: object): Promise<ServiceReply> {
    return sendRaw(this.service.url, {
      method: 'PATCH',
      path,
      body: JSON.stringify(body),
      headers: {
        authorization: `Bearer ${this.installation.key()}`,
        'content-type': 'application/json',
        'if-match': `"${version}"`,
      },
    });
  }

  /** Makes a destination that is not well; `config` and `credentials` over those of a Splunk. */
  create(config: object, more: object = {}): Promise<ServiceReply> {
    return this.call('POST', '/v1/siem/destinations', {
      name: `bad ${randomUUID()}`,
      workspace_id: WORKSPACE,
      type: 'splunk_hec',
      config,
      credentials: { token: 'a'.repeat(36) },
      ...more,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    await this.servers[Symbol.asyncDispose]();
  }
}

export function isRefused({ status, body, text, headers }: ServiceReply, refused: Refused): void {
  assert.deepEqual([status, errorOf(body).code], [refused.status, refused.code], text.slice(0, 500));
  if (refused.pointer !== undefined) assert.equal(errorOf(body).pointer, refused.pointer, text);
  assert.match(String(headers['content-type']), /^application\/(problem\+)?json/);
  assert.doesNotMatch(text, /\bat \S+ \(|\.ts:\d+|node_modules|sqlite|select |insert /i, 'no stack, no SQL');
  assert.ok(text.length < 20_000, 'a refusal is short');
}

/** A record that was refused beside others has its problem in its place. */
function errorOf(body: ReplyBody): { readonly code: string; readonly pointer: string } {
  return body.code === undefined && body.results?.[0]?.error !== undefined ? body.results[0].error : body;
}

export function uidOf(event: object): unknown {
  return (event as { readonly metadata?: { readonly uid?: unknown } }).metadata?.uid;
}
