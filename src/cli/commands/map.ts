import { parseAttestation } from '../../attestation/parse-attestation.ts';
import type { Refusal } from '../../attestation/refusal.ts';
import { DEFAULT_OCSF_SETTINGS, OCSF_CLASS_UIDS, type OcsfSettings } from '../../ocsf/ocsf-event.ts';
import { OCSF_VERSIONS } from '../../ocsf/ocsf-versions.ts';
import { attestationToOcsf } from '../../ocsf/map-attestation.ts';
import { hasRecordIntegrity, withFingerprint } from '../../ocsf/record-integrity.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, flagOption, type OptionSpec, textOption } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { readRecords } from '../input.ts';

const MAX_RECORDS = 10_000_000;

const OCSF_OPTIONS = {
  class: {
    type: 'string',
    value: 'UID',
    help: 'OCSF class: 2001 Security Finding (default), 2004 Detection Finding, 6003 API Activity',
  },
  'ocsf-version': { type: 'string', value: 'VERSION', help: 'OCSF version: 1.1.0 (default) to 1.9.0' },
  'record-integrity': {
    type: 'boolean',
    help: 'From 1.9.0: with the fingerprint of the event; here without a place in a stream',
  },
} as const satisfies Record<string, OptionSpec>;

export const map: Command = {
  name: 'map',
  summary: 'Show attestations as the OCSF events that they become (NDJSON on stdout)',
  examples: [
    'aegis-siem map examples/attestations.ndjson',
    'aegis-siem map --class 6003 --ocsf-version 1.9.0 < attestation.json',
    'aegis-siem map --ocsf-version 1.9.0 --record-integrity FILE',
    'aegis-siem map FILE | aegis-siem validate',
  ],
  positionals: '[FILE]',
  maxPositionals: 1,
  options: OCSF_OPTIONS,
  async run(context) {
    const settings = ocsfSettingsOf(context);
    let refused = 0;
    for (const item of await readRecords(context, MAX_RECORDS)) {
      const parsed =
        'text' in item ? parseAttestation(item.text) : { ok: false as const, refusal: item.refusal };
      if (parsed.ok) {
        const event = attestationToOcsf(parsed.attestation, settings);
        const shown = settings.recordIntegrity === true ? withFingerprint(event) : event;
        await context.io.writeOut(`${JSON.stringify(shown)}\n`);
      } else {
        refused += 1;
        context.io.writeError(`${placeOf(item)}: ${describe(parsed.refusal)}\n`);
      }
    }
    return refused === 0 ? EXIT.ok : EXIT.refused;
  },
};

/** Class, version and fingerprint that the options name; others are refused, never taken for the default. */
function ocsfSettingsOf(context: CommandContext): OcsfSettings {
  const { classUid: defaultClass, version: defaultVersion } = DEFAULT_OCSF_SETTINGS;
  const classText = textOption(context, 'class') ?? String(defaultClass);
  const classUid = OCSF_CLASS_UIDS.find((held) => String(held) === classText);
  if (classUid === undefined) {
    throw new CliError(
      'not_supported',
      `--class ${classText}: it must be one of ${OCSF_CLASS_UIDS.join(', ')}`,
    );
  }
  const versionText = textOption(context, 'ocsf-version') ?? defaultVersion;
  const version = OCSF_VERSIONS.find((held) => held === versionText);
  if (version === undefined) {
    throw new CliError(
      'not_supported',
      `--ocsf-version ${versionText}: it must be one of ${OCSF_VERSIONS.join(', ')}`,
    );
  }
  const recordIntegrity = flagOption(context, 'record-integrity');
  if (recordIntegrity && !hasRecordIntegrity(version)) {
    throw new CliError(
      'not_supported',
      `--record-integrity: OCSF ${version} has no such profile; add --ocsf-version 1.9.0`,
    );
  }
  return { classUid, version, ...(recordIntegrity ? { recordIntegrity } : {}) };
}

/** `line 7` of NDJSON, `record 7` of an array. */
export function placeOf(item: { readonly index: number; readonly line?: number }): string {
  return item.line === undefined ? `record ${item.index + 1}` : `line ${item.line}`;
}

export function describe({ code, pointer, message }: Refusal): string {
  return `${code}${pointer === '' ? '' : ` at ${pointer}`}: ${message}`;
}
