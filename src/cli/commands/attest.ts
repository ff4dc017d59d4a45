import { readFile } from 'node:fs/promises';
import { parseAttestation } from '../../attestation/parse-attestation.ts';
import type { Refusal } from '../../attestation/refusal.ts';
import { splitRecords, type SplitItem } from '../../attestation/split-records.ts';
import type { JsonObject } from '../../json.ts';
import type { RecordDraft } from '../../outbox/record-store.ts';
import { readDecisionKey } from '../../proof/decision-signature.ts';
import { SETTINGS } from '../../settings/settings-schema.ts';
import { API_OPTIONS, apiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, textOption } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { kindOf, readInput } from '../input.ts';
import { asObject, cell } from '../output.ts';
import { ProgressLine } from '../progress-line.ts';
import { type RecordSigner, recordSigner } from '../record-signer.ts';
import { apiRecorder, type Recorder, storeRecorder } from '../recorder.ts';
import { placeOf } from './map.ts';

const MAX_RECORDS = 10_000_000;
/** Records and characters that go at once: well below what the service takes. */
const RECORDS_A_GROUP = 500;
const CHARS_A_GROUP = 4 * 1024 * 1024;

export const attest: Command = {
  name: 'attest',
  summary: 'Record attestations in a running service, or straight in a store',
  examples: [
    'aegis-siem attest examples/attestations.ndjson',
    'aegis-siem attest < attestation.json',
    'aegis-siem attest --store sqlite:./data/aegis.db examples/attestations.ndjson',
  ],
  positionals: '[FILE]',
  maxPositionals: 1,
  options: {
    ...API_OPTIONS,
    store: {
      type: 'string',
      value: 'ADDRESS',
      help: 'Record in this store, without a service: sqlite:PATH or postgres://...; no key is needed',
    },
    'sign-key': {
      type: 'string',
      value: 'PRIVATE.pem',
      help: 'Sign each record that has no signature with this Ed25519 key, for verify --decision-key',
    },
    'sign-key-id': { type: 'string', value: 'ID', help: 'Name of that key in the signatures' },
  },
  async run(context) {
    const { io } = context;
    const signer = await signerOf(context);
    await using recorder = await recorderOf(context);
    const bytes = await readInput(context);
    const split = splitRecords(bytes, kindOf(bytes), MAX_RECORDS);
    if (!split.ok) throw new CliError(split.refusal.code, split.refusal.message, EXIT.refused);
    const counts = new Map<string, number>();
    const progress = new ProgressLine(io);
    for (const group of groupsOf(split.items)) {
      const results = await recordGroup(recorder, group, signer);
      for (const [index, result] of results.entries()) {
        const status = cell(result['status']);
        counts.set(status, (counts.get(status) ?? 0) + 1);
        if (context.json) await io.writeOut(`${JSON.stringify(result)}\n`);
        const item = group[index];
        if (result['error'] !== undefined && item !== undefined)
          progress.say(`${placeOf(item)}: ${errorOf(result)}`);
      }
      progress.show(summary(counts));
    }
    progress.clear();
    progress.say(summary(counts));
    return (counts.get('rejected') ?? 0) + (counts.get('failed') ?? 0) === 0 ? EXIT.ok : EXIT.refused;
  },
};

async function recorderOf(context: CommandContext): Promise<Recorder> {
  const store = textOption(context, 'store');
  if (store === undefined) return apiRecorder(apiClient(context));
  const mistake = SETTINGS.store.check(store);
  if (mistake !== undefined) throw new CliError('bad_settings', `--store: ${mistake}`);
  return storeRecorder(store);
}

/** Results in the order of the group. What the parser refuses goes nowhere: it would cost the others their request. */
async function recordGroup(
  recorder: Recorder,
  group: readonly SplitItem[],
  signer: RecordSigner | undefined,
): Promise<readonly JsonObject[]> {
  const read = group.map((item) => ('text' in item ? draftOf(item.text, signer) : item.refusal));
  const drafts = read.filter((draft): draft is RecordDraft => 'recordId' in draft);
  const recorded = (drafts.length === 0 ? [] : await recorder.record(drafts)).values();
  return read.map((one) => ('recordId' in one ? (recorded.next().value ?? unanswered(one)) : rejected(one)));
}

async function signerOf(context: CommandContext): Promise<RecordSigner | undefined> {
  const path = textOption(context, 'sign-key');
  const keyId = textOption(context, 'sign-key-id');
  if (path === undefined && keyId === undefined) return undefined;
  if (path === undefined || keyId === undefined)
    throw new CliError('bad_option', '--sign-key and --sign-key-id go together: the signature names its key');
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (cause) {
    throw new CliError('unreadable', `--sign-key ${path} cannot be read`, EXIT.usage, { cause });
  }
  try {
    return recordSigner(readDecisionKey(pem, 'private'), keyId);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable';
    throw new CliError('bad_key', `--sign-key ${path}: ${why}`, EXIT.usage, { cause });
  }
}

function draftOf(given: string, signer: RecordSigner | undefined): RecordDraft | Refusal {
  const text = signer === undefined ? given : signer(given);
  if (typeof text !== 'string') return text;
  const parsed = parseAttestation(text);
  if (!parsed.ok) return parsed.refusal;
  const { attestation_id: recordId, workspace_id: workspaceId } = parsed.attestation;
  return { recordId, workspaceId, body: parsed.text };
}

function rejected({ code, pointer, message }: Refusal): JsonObject {
  return { attestation_id: null, status: 'rejected', error: { code, pointer, message } };
}

function unanswered({ recordId }: RecordDraft): JsonObject {
  const error = { code: 'no_answer', pointer: '', message: 'The service said nothing of this record' };
  return { attestation_id: recordId, status: 'failed', error };
}

function* groupsOf(items: readonly SplitItem[]): Generator<readonly SplitItem[]> {
  let group: SplitItem[] = [];
  let chars = 0;
  for (const item of items) {
    group.push(item);
    chars += 'text' in item ? item.text.length : 0;
    if (group.length < RECORDS_A_GROUP && chars < CHARS_A_GROUP) continue;
    yield group;
    group = [];
    chars = 0;
  }
  if (group.length > 0) yield group;
}

function errorOf(result: JsonObject): string {
  const error = asObject(result['error']);
  const pointer = cell(error['pointer']);
  return `${cell(error['code'])}${pointer === '-' ? '' : ` at ${pointer}`}: ${cell(error['message'] ?? error['detail'])}`;
}

function summary(counts: ReadonlyMap<string, number>): string {
  return counts.size === 0
    ? 'nothing to record'
    : [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}
