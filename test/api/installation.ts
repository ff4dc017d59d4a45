import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { type RunningService, startService } from '../../src/service.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import type { Settings } from '../../src/settings/settings-schema.ts';
import { StartError } from '../../src/start-error.ts';
import type { FakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { callService } from './call-service.ts';

export const WORKSPACE = 'ws-test';

/** An installation in a folder of its own. */
export class Installation {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'aegis-siem-service-'));
  logs = '';
  printed = '';

  file(name: string): string {
    return path.join(this.folder, name);
  }

  env(more: Record<string, string> = {}): Record<string, string> {
    return {
      AEGIS_SIEM_STORE: `sqlite:${this.file('aegis.db')}`,
      AEGIS_SIEM_PORT: '0',
      AEGIS_SIEM_EGRESS_ALLOW: 'http+127.0.0.1/32:1024-65535',
      AEGIS_SIEM_LOG_LEVEL: 'debug',
      // What arrives is counted here; checkpoints have tests of their own.
      AEGIS_SIEM_CHECKPOINT_SECONDS: '0',
      ...more,
    };
  }

  settings(more: Record<string, string> = {}): Settings {
    return readSettings({ env: this.env(more) });
  }

  start(more: Record<string, string> = {}): Promise<RunningService> {
    return startService(this.settings(more), {
      logger: pino({ level: 'debug' }, { write: (line: string) => void (this.logs += line) }),
      print: (text) => void (this.printed += text),
    });
  }

  key(): string {
    return readFileSync(this.file('admin-key'), 'utf8').trim();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Checks a refused start: its code, its one line. */
export function startErrorOf(code: string, says: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StartError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, says);
    assert.ok(!error.message.includes('\n'), 'one line');
    return true;
  };
}

/** Makes a Splunk destination; answers its id. */
export async function addSplunk(url: string, key: string, splunk: FakeSplunk): Promise<string> {
  const made = await callService(url, key, 'POST', '/v1/siem/destinations', {
    name: 'splunk',
    workspace_id: WORKSPACE,
    type: 'splunk_hec',
    config: { url: splunk.url },
    credentials: { token: splunk.token },
    // Without the events of its own making, so that what arrives can be counted.
    sources: ['attestations', 'external'],
  });
  assert.equal(made.status, 201, made.text);
  return made.body.destination_id;
}

/** Records generated attestations; answers their ids. */
export async function record(
  url: string,
  key: string,
  seed: number,
  count: number,
): Promise<readonly string[]> {
  const texts = [...generateAttestations({ seed, count, workspaceId: WORKSPACE })];
  const reply = await callService(
    url,
    key,
    'POST',
    '/v1/attestations',
    texts.join('\n'),
    'application/x-ndjson',
  );
  assert.equal(reply.status, 201, reply.text);
  return texts.map((text) => (JSON.parse(text) as { attestation_id: string }).attestation_id);
}

export function uidsOf(splunk: FakeSplunk): readonly string[] {
  return splunk.events().map(({ event }) => (event['metadata'] as { uid: string }).uid);
}
