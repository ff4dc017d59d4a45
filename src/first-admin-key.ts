import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ApiParts } from './api/api-parts.ts';
import { SERVICE_WORKSPACE } from './api/request-context.ts';
import { makeApiKey } from './api/routes/api-key-routes.ts';
import { StartError } from './start-error.ts';
import type { AdminStore } from './store/admin-store.ts';

export interface FirstAdminKeyParts extends Pick<ApiParts, 'clock' | 'random'> {
  readonly admin: Pick<AdminStore, 'hasApiKeys' | 'createApiKey'>;
  /** Undefined: the key is printed and written nowhere. */
  readonly adminKeyFile: string | undefined;
  readonly print: (text: string) => void;
}

/**
 * On the first start of a store: makes an administrator key, writes it (0600) and prints it once. The file comes first: a
 * start that dies in between leaves a file with a key that opens nothing, and the next start makes another; the other way
 * round would leave a store that nobody can enter. Throws `StartError`.
 */
export async function makeFirstAdminKey(parts: FirstAdminKeyParts): Promise<void> {
  const { admin, adminKeyFile, clock, random, print } = parts;
  if (await admin.hasApiKeys()) return;
  const { key, text } = makeApiKey({ clock, random }, { name: 'first administrator', scopes: ['admin'] });
  if (adminKeyFile !== undefined) writeKeyFile(adminKeyFile, text);
  await admin.createApiKey(key, {
    auditId: random.uuid(),
    atMs: clock.nowMs(),
    workspaceId: SERVICE_WORKSPACE,
    actor: 'first_start',
    action: 'api_key.created',
    subjectId: key.apiKeyId,
    after: JSON.stringify({ name: key.name, scopes: key.scopes }),
  });
  const where = adminKeyFile === undefined ? '' : `, also in ${adminKeyFile}`;
  print(`First start: the administrator's API key (shown this once${where}):\n${text}\n`);
}

/** Whole or not at all, and never readable by others, not even for a moment. */
function writeKeyFile(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.new`;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, `${text}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, file);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new StartError(
      'admin_key_file_unusable',
      `AEGIS_SIEM_ADMIN_KEY_FILE: ${file} cannot be written; name a file in a folder that can be`,
      { cause },
    );
  }
}
