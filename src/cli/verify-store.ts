import { existsSync } from 'node:fs';
import { type PublicCheckpointKey, readNextKey } from '../proof/checkpoint-key.ts';
import { readSettingsWithOrigins } from '../settings/read-settings.ts';
import { SettingsError } from '../settings/settings-error.ts';
import type { Settings } from '../settings/settings-schema.ts';
import { openStore, sqlitePath } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { judgeStore, type StoreOptions, type StoreVerdict } from '../verify/judge-store.ts';
import { CliError } from './cli-error.ts';
import { type CommandContext, textOption } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { ProgressLine } from './progress-line.ts';
import { storeVerdictJson, storeVerdictText } from './store-verdict-text.ts';

export type StoreVerifyOptions = Omit<StoreOptions, 'onProgress' | 'retentionMs' | 'goneDestinations'>;

const DAY_MS = 86_400_000;
const PROGRESS_RECORDS = 20_000;

/** `aegis-siem verify --store`: reads the store, changes nothing in it, and answers the exit status. */
export async function verifyStore(
  context: CommandContext,
  url: string,
  given: StoreVerifyOptions,
): Promise<number> {
  const settings = settingsOf(context, url);
  const path = sqlitePath(settings.store);
  // Opening would make it, and an empty store proves nothing.
  if (path !== undefined && !existsSync(path))
    throw new CliError('no_store', `there is no database at ${path}`);
  let verdict: StoreVerdict;
  const isPinned = given.keys.length > 0;
  try {
    const store = await openStore(settings.store);
    try {
      await store.ping();
      verdict = await judge(context, store, settings, given);
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError('store_unusable', `the store cannot be read: ${why}`, EXIT.unavailable, {
      cause: error,
    });
  }
  const report = { verdict, isPinned };
  await context.io.writeOut(
    context.json ? `${JSON.stringify(storeVerdictJson(report), null, 2)}\n` : storeVerdictText(report),
  );
  return verdict.complete ? EXIT.ok : EXIT.refused;
}

function settingsOf(context: CommandContext, url: string): Settings {
  const config = textOption(context, 'config');
  const flags = { ...(config === undefined ? {} : { config }), ...(url === '' ? {} : { store: url }) };
  try {
    return readSettingsWithOrigins({ flags, env: context.io.env }).settings;
  } catch (error) {
    if (error instanceof SettingsError)
      throw new CliError('bad_settings', error.message, EXIT.usage, { cause: error });
    throw error;
  }
}

async function judge(
  { io }: CommandContext,
  store: Store,
  { receiptRetentionDays }: Settings,
  given: StoreVerifyOptions,
): Promise<StoreVerdict> {
  const progress = new ProgressLine(io);
  let shown = 0;
  const verdict = await judgeStore(
    { chain: store.chain, evidence: store.evidence, streams: streamsOf(store) },
    {
      ...given,
      keys: given.keys.length > 0 ? given.keys : await keysOf(store),
      ...(receiptRetentionDays === 0 ? {} : { retentionMs: receiptRetentionDays * DAY_MS }),
      onProgress: (records) => {
        if (io.signal.aborted) throw new CliError('interrupted', 'interrupted', EXIT.interrupted);
        if (records < shown + PROGRESS_RECORDS) return;
        shown = records;
        progress.show(`${records} records`);
      },
    },
  );
  progress.clear();
  return verdict;
}

function streamsOf({ evidence, proof }: Store) {
  return {
    checkpoints: evidence.checkpoints.bind(evidence),
    finishedPlaces: proof.finishedPlaces.bind(proof),
  };
}

async function keysOf({ evidence }: Store): Promise<readonly PublicCheckpointKey[]> {
  return (await evidence.publicKeys()).flatMap((publicKey) => readNextKey(publicKey) ?? []);
}
