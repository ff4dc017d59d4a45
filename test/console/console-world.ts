import assert from 'node:assert/strict';
import { callService, type ServiceReply } from '../api/call-service.ts';
import { Installation } from '../api/installation.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import type { RunningService } from '../../src/service.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { usePostgres } from '../support/postgres.ts';
import { attestationText } from '../support/valid-attestation.ts';
import { builtConsole } from './built-console.ts';

export const WORKSPACE = 'ws-finance';
/** Text that would run if it were ever taken for markup. It says so on the window when it does. */
export const SCRIPT_TEXT = `<img src=x onerror="globalThis.ranFromText=1"><script>globalThis.ranFromText=1</script>`;
export const SCRIPT_ID = '0193476d-3f10-7a51-8c3e-5a8d0c1b2eff';
/** Refused by the second destination, so that there are dead letters. */
const REFUSED_TOOL = 'salesforce.delete_contact';
const RECORDS = 120;

/** A service with the console, two Splunks of which one refuses a kind of event, and what that makes of it. */
export class ConsoleWorld {
  readonly url: string;
  readonly adminKey: string;
  readonly viewerKey: string;
  readonly production: string;
  readonly archive: string;
  readonly splunk: FakeSplunk;
  readonly #close: () => Promise<void>;

  private constructor(
    parts: Pick<ConsoleWorld, 'url' | 'adminKey' | 'viewerKey' | 'production' | 'archive' | 'splunk'>,
    close: () => Promise<void>,
  ) {
    this.url = parts.url;
    this.adminKey = parts.adminKey;
    this.viewerKey = parts.viewerKey;
    this.production = parts.production;
    this.archive = parts.archive;
    this.splunk = parts.splunk;
    this.#close = close;
  }

  static async open(storeName: 'sqlite' | 'postgres'): Promise<ConsoleWorld> {
    await builtConsole();
    const postgres = storeName === 'postgres' ? await usePostgres() : undefined;
    const installation = new Installation();
    const splunk = await startFakeSplunk({});
    const strict = await startFakeSplunk({});
    strict.refuse({ matches: isRefused, code: 6, withNumber: true });
    let service: RunningService | undefined;
    const close = async (): Promise<void> => {
      await service?.stop();
      await Promise.all([splunk.close(), strict.close()]);
      await postgres?.close();
      installation.remove();
    };
    try {
      service = await installation.start({
        AEGIS_SIEM_CHECKPOINT_SECONDS: '300',
        AEGIS_SIEM_KEY_FILE: installation.file('master-key'),
        AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key'),
        ...(postgres === undefined ? {} : { AEGIS_SIEM_STORE: postgres.url }),
      });
      const adminKey = installation.key();
      const seeded = await seed(service.url, adminKey, splunk, strict);
      return new ConsoleWorld({ url: service.url, adminKey, splunk, ...seeded }, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  call(method: string, path: string, body?: object): Promise<ServiceReply> {
    return callService(this.url, this.adminKey, method, path, body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

function isRefused(event: Readonly<Record<string, unknown>>): boolean {
  // A tombstone in its place is taken.
  return JSON.stringify(event).includes(`"${REFUSED_TOOL}"`);
}

async function seed(url: string, key: string, splunk: FakeSplunk, strict: FakeSplunk) {
  const call = async (method: string, path: string, body?: object | string): Promise<ServiceReply> => {
    const type = typeof body === 'string' ? 'application/x-ndjson' : undefined;
    const reply = await callService(url, key, method, path, body, type);
    assert.ok(reply.status < 300, `${method} ${path}: ${reply.text}`);
    return reply;
  };
  const addDestination = async (name: string, to: FakeSplunk, ocsf: object): Promise<string> => {
    const reply = await call('POST', '/v1/siem/destinations', {
      name,
      workspace_id: WORKSPACE,
      type: 'splunk_hec',
      config: { url: to.url, index: 'ai_agents' },
      credentials: { token: to.token },
      ocsf,
      sources: ['attestations'],
    });
    return reply.body.destination_id;
  };
  const production = await addDestination('Splunk production', splunk, { class_uid: 2001, version: '1.1.0' });
  const archive = await addDestination('Splunk archive', strict, { class_uid: 6003, version: '1.6.0' });
  const viewer = await call('POST', '/v1/api-keys', {
    name: 'soc-viewer',
    workspace_id: WORKSPACE,
    scopes: ['destinations:read', 'deliveries:read'],
  });
  const startMs = Date.now() - 3_600_000;
  const texts = [...generateAttestations({ seed: 11, count: RECORDS, workspaceId: WORKSPACE, startMs })];
  await call('POST', '/v1/attestations', texts.join('\n'));
  await call('POST', '/v1/attestations', scriptAttestation());
  await untilQuiet(call);
  return { production, archive, viewerKey: viewer.body.key };
}

/** Markup in every text of a record that a page shows. */
function scriptAttestation(): string {
  return attestationText({
    attestation_id: SCRIPT_ID,
    workspace_id: WORKSPACE,
    tool_name: `evil.${SCRIPT_TEXT}`,
    agent_id: SCRIPT_TEXT,
    constraints: [{ id: 'c1', name: SCRIPT_TEXT, outcome: 'failed', reason: SCRIPT_TEXT, tier: 'hard' }],
  });
}

const QUIET_WITHIN_MS = 60_000;

/** Until nothing waits: everything is delivered or dead. */
async function untilQuiet(call: (method: string, path: string) => Promise<ServiceReply>): Promise<void> {
  const deadline = performance.now() + QUIET_WITHIN_MS;
  for (;;) {
    const open = await call('GET', '/v1/siem/outbox?limit=1');
    if (open.body.items.length === 0) return;
    assert.ok(performance.now() < deadline, `the seed is delivered: ${open.text}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
