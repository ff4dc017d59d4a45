import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { ApiClient } from '../cli/api-client.ts';
import { readSettings } from '../settings/read-settings.ts';
import { startService } from '../service.ts';

export interface DemoService {
  readonly url: string;
  readonly adminKeyFile: string;
  readonly client: ApiClient;
  stop(): Promise<void>;
}

/** The real service over an embedded store in a temporary folder, which goes with it. */
export async function startDemoService(egressAllow: string, signal: AbortSignal): Promise<DemoService> {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-demo-'));
  const adminKeyFile = join(folder, 'admin-key');
  const settings = readSettings({
    env: {
      AEGIS_SIEM_STORE: `sqlite:${join(folder, 'aegis.db')}`,
      AEGIS_SIEM_PORT: '0',
      AEGIS_SIEM_KEY_FILE: join(folder, 'master-key'),
      AEGIS_SIEM_ADMIN_KEY_FILE: adminKeyFile,
      AEGIS_SIEM_EGRESS_ALLOW: egressAllow,
    },
  });
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    // The demo tells what happens in its own words; the service's log would drown them.
    const service = await startService(settings, {
      logger: pino({ level: 'silent' }),
      print: () => undefined,
    });
    return {
      url: service.url,
      adminKeyFile,
      client: new ApiClient(new URL(service.url), readFileSync(adminKeyFile, 'utf8').trim(), signal),
      async stop() {
        await service.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
