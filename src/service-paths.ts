import path from 'node:path';
import type { Settings } from './settings/settings-schema.ts';
import { sqlitePath } from './store/open-store.ts';

/** Files of one installation. Undefined where a setting is needed and not set. */
export interface ServicePaths {
  readonly keyFile: string | undefined;
  readonly adminKeyFile: string | undefined;
  /** Where the embedded store notes its streams' places, apart from the store: a restored store is told by it. */
  readonly sidecar: string | undefined;
}

/** Where the service keeps its files: as set, else beside the embedded store. */
export function servicePaths(settings: Pick<Settings, 'store' | 'keyFile' | 'adminKeyFile'>): ServicePaths {
  const file = sqlitePath(settings.store);
  const beside = (name: string): string | undefined =>
    file === undefined ? undefined : path.join(path.dirname(file), name);
  const keyFile = settings.keyFile === '' ? beside('master-key') : path.resolve(settings.keyFile);
  return {
    keyFile,
    adminKeyFile: settings.adminKeyFile === '' ? beside('admin-key') : path.resolve(settings.adminKeyFile),
    sidecar:
      file === undefined || keyFile === undefined
        ? undefined
        : path.join(path.dirname(keyFile), `${path.basename(file)}.epochs.json`),
  };
}
