import type { ServiceReply } from '../api/call-service.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { attestationText } from '../support/valid-attestation.ts';
import { ConsoleService, WORKSPACE } from './console-service.ts';

/** Text that would run if it were ever taken for markup. It says so on the window when it does. */
export const SCRIPT_TEXT = `<img src=x onerror="globalThis.ranFromText=1"><script>globalThis.ranFromText=1</script>`;
export const SCRIPT_ID = '0193476d-3f10-7a51-8c3e-5a8d0c1b2eff';
/** Refused by the second destination, so that there are dead letters. */
const REFUSED_TOOL = 'salesforce.delete_contact';
const RECORDS = 120;

/** A service with the console, two Splunks of which one refuses a kind of event, and what that makes of it. */
export class ConsoleWorld {
  readonly service: ConsoleService;
  readonly viewerKey: string;
  readonly production: string;
  readonly archive: string;
  readonly splunk: FakeSplunk;
  readonly #close: () => Promise<void>;

  private constructor(
    parts: Pick<ConsoleWorld, 'service' | 'viewerKey' | 'production' | 'archive' | 'splunk'>,
    close: () => Promise<void>,
  ) {
    this.service = parts.service;
    this.viewerKey = parts.viewerKey;
    this.production = parts.production;
    this.archive = parts.archive;
    this.splunk = parts.splunk;
    this.#close = close;
  }

  static async open(storeName: 'sqlite' | 'postgres'): Promise<ConsoleWorld> {
    const service = await ConsoleService.start(storeName);
    const splunk = await startFakeSplunk({});
    const strict = await startFakeSplunk({});
    strict.refuse({ matches: isRefused, code: 6, withNumber: true });
    const close = async (): Promise<void> => {
      await service[Symbol.asyncDispose]();
      await Promise.all([splunk.close(), strict.close()]);
    };
    try {
      const production = await service.addSplunk('Splunk production', splunk, ocsf(2001, '1.1.0'));
      const archive = await service.addSplunk('Splunk archive', strict, ocsf(6003, '1.6.0'));
      const viewerKey = await service.makeViewer();
      await recordDecisions(service);
      return new ConsoleWorld({ service, viewerKey, production, archive, splunk }, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  get url(): string {
    return this.service.url;
  }

  get adminKey(): string {
    return this.service.adminKey;
  }

  call(method: string, path: string, body?: object): Promise<ServiceReply> {
    return this.service.call(method, path, body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

function ocsf(classUid: number, version: string): object {
  return { class_uid: classUid, version };
}

function isRefused(event: Readonly<Record<string, unknown>>): boolean {
  // A tombstone in its place is taken.
  return JSON.stringify(event).includes(`"${REFUSED_TOOL}"`);
}

async function recordDecisions(service: ConsoleService): Promise<void> {
  const startMs = Date.now() - 3_600_000;
  const texts = [...generateAttestations({ seed: 11, count: RECORDS, workspaceId: WORKSPACE, startMs })];
  await service.must('POST', '/v1/attestations', texts.join('\n'));
  await service.must('POST', '/v1/attestations', scriptAttestation());
  await service.untilQuiet();
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
