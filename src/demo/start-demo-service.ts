import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { ApiClient } from '../cli/api-client.ts';
import { startService } from '../service.ts';
import { readSettings } from '../settings/read-settings.ts';

export interface DemoService extends AsyncDisposable {
  readonly url: string;
  readonly adminKeyFile: string;
  readonly client: ApiClient;
}

/** The real service over an embedded store in a temporary folder, which goes with it. */
export async function startDemoService(egressAllow: string, signal: AbortSignal): Promise<DemoService> {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-demo-'));
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  const adminKeyFile = join(folder, 'admin-key');
  const settings = readSettings({
    env: {
      AEGIS_SIEM_STORE: `sqlite:${join(folder, 'aegis.db')}`,
      AEGIS_SIEM_PORT: '0',
      AEGIS_SIEM_KEY_FILE: join(folder, 'master-key'),
      AEGIS_SIEM_ADMIN_KEY_FILE: adminKeyFile,
      AEGIS_SIEM_EGRESS_ALLOW: egressAllow,
      AEGIS_SIEM_STOP_GRACE_SECONDS: '1',
      // The demo counts decisions, and ends before a first checkpoint would be due.
      AEGIS_SIEM_CHECKPOINT_SECONDS: '0',
    },
  });
  // The demo tells what happens in its own words; the service's log would drown them.
  const service = await startService(settings, {
    logger: pino({ level: 'silent' }),
    print: () => undefined,
  });
  cleanUp.defer(() => service.stop());
  const owned = cleanUp.move();
  return {
    url: service.url,
    adminKeyFile,
    client: new ApiClient(new URL(service.url), readFileSync(adminKeyFile, 'utf8').trim(), signal),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
