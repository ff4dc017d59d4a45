import { parseAttestation } from '../../attestation/parse-attestation.ts';
import type { Refusal } from '../../attestation/refusal.ts';
import { splitRecords } from '../../attestation/split-records.ts';
import { DEFAULT_OCSF_SETTINGS } from '../../ocsf/ocsf-event.ts';
import { attestationToOcsf2001 } from '../../ocsf/security-finding-2001.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, type OptionSpec, textOption } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { kindOf, readInput } from '../input.ts';

const MAX_RECORDS = 10_000_000;

export const OCSF_OPTIONS = {
  class: { type: 'string', value: 'UID', help: 'OCSF class; 2001 Security Finding is the one built so far' },
  'ocsf-version': { type: 'string', value: 'VERSION', help: 'OCSF version; 1.1.0 is the one built so far' },
} as const satisfies Record<string, OptionSpec>;

export const map: Command = {
  name: 'map',
  summary: 'Show attestations as the OCSF events that they become (NDJSON on stdout)',
  examples: [
    'aegis-siem map examples/attestations.ndjson',
    'aegis-siem map < attestation.json',
    'aegis-siem map FILE | aegis-siem validate',
  ],
  positionals: '[FILE]',
  maxPositionals: 1,
  options: OCSF_OPTIONS,
  async run(context) {
    refuseUnbuilt(context);
    const bytes = await readInput(context);
    const split = splitRecords(bytes, kindOf(bytes), MAX_RECORDS);
    if (!split.ok) throw new CliError(split.refusal.code, split.refusal.message, EXIT.refused);
    let refused = 0;
    for (const item of split.items) {
      const parsed =
        'text' in item ? parseAttestation(item.text) : { ok: false as const, refusal: item.refusal };
      if (parsed.ok) {
        await context.io.writeOut(
          `${JSON.stringify(attestationToOcsf2001(parsed.attestation, DEFAULT_OCSF_SETTINGS))}\n`,
        );
      } else {
        refused += 1;
        context.io.writeError(`${placeOf(item)}: ${describe(parsed.refusal)}\n`);
      }
    }
    return refused === 0 ? EXIT.ok : EXIT.refused;
  },
};

/** Other classes and versions are refused, never taken for the built one. */
export function refuseUnbuilt(context: CommandContext): void {
  const wanted = textOption(context, 'class');
  if (wanted !== undefined && wanted !== String(DEFAULT_OCSF_SETTINGS.classUid)) {
    throw new CliError('not_supported', `--class ${wanted} is not built; 2001 is`);
  }
  const version = textOption(context, 'ocsf-version');
  if (version !== undefined && version !== DEFAULT_OCSF_SETTINGS.version) {
    throw new CliError(
      'not_supported',
      `--ocsf-version ${version} is not built; ${DEFAULT_OCSF_SETTINGS.version} is`,
    );
  }
}

/** `line 7` of NDJSON, `record 7` of an array. */
export function placeOf(item: { readonly index: number; readonly line?: number }): string {
  return item.line === undefined ? `record ${item.index + 1}` : `line ${item.line}`;
}

export function describe({ code, pointer, message }: Refusal): string {
  return `${code}${pointer === '' ? '' : ` at ${pointer}`}: ${message}`;
}
