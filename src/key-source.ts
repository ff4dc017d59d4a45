import path from 'node:path';
import { loadKeyFile } from './secrets/load-key-file.ts';
import { parseKeyText } from './secrets/key-text.ts';
import { runKeyCommand } from './secrets/run-key-command.ts';
import type { SealingKey } from './secrets/sealing-key.ts';
import type { Settings } from './settings/settings-schema.ts';
import { StartError } from './start-error.ts';

/** Where the master keys come from. */
export type KeySource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'environment'; readonly text: string }
  | { readonly kind: 'command'; readonly command: string };

/**
 * The one source that is set, or the file beside the embedded store. Undefined where one is needed and none is set.
 * Throws `StartError` for two: which of them is right is not for a program to guess.
 */
export function keySource(
  settings: Pick<Settings, 'keyFile' | 'masterKey' | 'masterKeyCommand'>,
  defaultFile: string | undefined,
): KeySource | undefined {
  const set = [
    ['AEGIS_SIEM_KEY_FILE', settings.keyFile],
    ['AEGIS_SIEM_MASTER_KEY', settings.masterKey],
    ['AEGIS_SIEM_MASTER_KEY_COMMAND', settings.masterKeyCommand],
  ].flatMap(([name = '', value = '']) => (value === '' ? [] : [name]));
  if (set.length > 1) {
    throw new StartError(
      'key_source_ambiguous',
      `${set.join(' and ')} are set: the master key has one source`,
    );
  }
  if (settings.masterKey !== '') return { kind: 'environment', text: settings.masterKey };
  if (settings.masterKeyCommand !== '') return { kind: 'command', command: settings.masterKeyCommand };
  const file = settings.keyFile === '' ? defaultFile : path.resolve(settings.keyFile);
  return file === undefined ? undefined : { kind: 'file', path: file };
}

/** How a message names the source: never with the key or the arguments of a command. */
export function describeKeySource(source: KeySource): string {
  switch (source.kind) {
    case 'file':
      return `the key file ${source.path}`;
    case 'environment':
      return 'AEGIS_SIEM_MASTER_KEY';
    case 'command':
      return 'what AEGIS_SIEM_MASTER_KEY_COMMAND wrote';
    default:
      return source satisfies never;
  }
}

/** Reads the keys of a source. Rejects with an Error of one clear sentence that repeats no part of a key. */
export async function readKeySource(source: KeySource): Promise<readonly SealingKey[]> {
  switch (source.kind) {
    case 'file':
      return loadKeyFile(source.path);
    case 'environment':
      // Not every tool that sets variables can write line ends into them.
      return parseKeyText(source.text.replaceAll(/[;,]/g, '\n'));
    case 'command':
      return runKeyCommand(source.command);
    default:
      return source satisfies never;
  }
}
