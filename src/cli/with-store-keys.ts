import { keySource } from '../key-source.ts';
import { masterKeys } from '../master-key.ts';
import type { SealingKey } from '../secrets/sealing-key.ts';
import { servicePaths } from '../service-paths.ts';
import type { Settings } from '../settings/settings-schema.ts';
import { type OpenedStore, openStore } from '../store/open-store.ts';
import { StoreError } from '../store/store-error.ts';
import { CliError } from './cli-error.ts';
import type { CommandContext } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { serviceSettings, startFailure } from './service-settings.ts';

/** Opens store and keys as the service would; makes neither. */
export async function withStoreKeys(
  context: CommandContext,
  work: (store: OpenedStore, keys: readonly SealingKey[]) => Promise<number>,
): Promise<number> {
  const { settings } = serviceSettings(context);
  const store = await open(settings);
  try {
    await store.ping();
    const keys = await masterKeys({
      sealed: store.sealed,
      source: keySource(settings, servicePaths(settings).keyFile),
    });
    return await work(store, keys);
  } catch (error) {
    if (error instanceof StoreError) throw unusable(error);
    throw startFailure(error);
  } finally {
    await store.close();
  }
}

async function open(settings: Settings): Promise<OpenedStore> {
  try {
    return await openStore(settings.store);
  } catch (error) {
    throw unusable(error);
  }
}

function unusable(error: unknown): CliError {
  const why = error instanceof Error ? error.message : String(error);
  return new CliError('store_unusable', `the store cannot be used: ${why}`, EXIT.unavailable, {
    cause: error,
  });
}
