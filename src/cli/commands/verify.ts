import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { type PublicCheckpointKey, readPublicKey } from '../../proof/checkpoint-key.ts';
import { type DecisionKey, readDecisionKey, splitKeyName } from '../../proof/decision-signature.ts';
import { judgeRecordDecision } from '../../record-decision.ts';
import { LedgerFullError } from '../../verify/place-ledger.ts';
import { readExport } from '../../verify/read-export.ts';
import { Verification, type VerificationOptions } from '../../verify/verification.ts';
import { CliError } from '../cli-error.ts';
import { type Command, type CommandContext, textOption, textOptions } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { ProgressLine } from '../progress-line.ts';
import { readBlocks } from '../read-blocks.ts';
import { type StoreVerifyOptions, verifyStore } from '../verify-store.ts';
import { type ReadFileSummary, verdictJson, verdictText } from '../verdict-text.ts';

const READ_BYTES = 1024 * 1024;
/** A checkpoint is made, sent, indexed and found within so much time after its promise. */
const DEFAULT_GRACE_SECONDS = 300;
const MAX_GRACE_SECONDS = 30 * 86_400;
const PROGRESS_BYTES = 32 * READ_BYTES;
const SHA256_HEX = /^[0-9a-f]{64}$/;
const FILTER_FORM = 'none or 16 hex digits, with + and 16 more for a redaction';
const KNOWN_FILTER = /^(?:none|[0-9a-f]{16})(?:\+[0-9a-f]{16})?$/;

export const verify: Command = {
  name: 'verify',
  summary:
    'Prove, offline, that an export of the SIEM holds every event that was sent, or that a store is unchanged',
  examples: [
    'aegis-siem verify export.ndjson --key checkpoint-key.pem',
    'aegis-siem verify splunk-*.csv.gz --key checkpoint-key.pem --as-of 2026-11-20T09:00:00Z',
    'aegis-siem verify sentinel.json --key checkpoint-key.pem --from 5d41...  --json',
    'aegis-siem verify --store --key checkpoint-key.pem',
    'aegis-siem verify --store sqlite:./data/aegis.db --key checkpoint-key.pem --json',
    'aegis-siem verify --store --key checkpoint-key.pem --decision-key aegis-2026-01=decision-key.pem',
  ],
  positionals: '[EXPORT...]',
  maxPositionals: 10_000,
  options: {
    store: {
      type: 'string',
      value: '[URL]',
      optionalValue: true,
      help: 'Judge the store instead of an export: its records, their chain, receipts and triggers; without URL that of the settings',
    },
    config: { type: 'string', value: 'FILE', help: 'With --store: the settings (AEGIS_SIEM_CONFIG)' },
    key: {
      type: 'string',
      value: 'PUBLIC.pem',
      multiple: true,
      help: 'Public checkpoint key, from the operator and not from the export; may be given more than once. With --store, without it, the keys that the store has: they prove nothing against whoever could put in another one',
    },
    from: {
      type: 'string',
      value: 'SHA256',
      multiple: true,
      help: 'Begin after this checkpoint, for example where the last verification ended',
    },
    tip: {
      type: 'string',
      value: 'SHA256',
      multiple: true,
      help: 'A checkpoint that must be in the export; with --store a link of its chain, too',
    },
    'as-of': { type: 'string', value: 'TIME', help: 'When the export was made (RFC 3339); now by default' },
    grace: {
      type: 'string',
      value: 'SECONDS',
      help: `How late a checkpoint may be found after its promise; ${DEFAULT_GRACE_SECONDS} by default`,
    },
    stream: {
      type: 'string',
      value: 'ID',
      multiple: true,
      help: 'Judge only this stream, which must be there',
    },
    'accept-filter': {
      type: 'string',
      value: 'ID',
      multiple: true,
      help: 'A filter that is agreed ("none" for no filter, "ID+ID" with a redaction); else the first one of each stream is',
    },
    'decision-key': {
      type: 'string',
      value: '[KEY_ID=]PUBLIC.pem',
      multiple: true,
      help: 'Public key of those who sign decisions; every decision, of an export or of the store, must then be signed. May be given more than once',
    },
  },
  async run(context) {
    const storeUrl = textOption(context, 'store');
    if (storeUrl !== undefined) return verifyStore(context, storeUrl, await storeOptionsOf(context));
    if (context.positionals.length === 0)
      throw new CliError(
        'missing_argument',
        'verify needs EXPORT..., or --store; see "aegis-siem help verify"',
      );
    const options = await optionsOf(context);
    const decisionKeys = await decisionKeysOf(context);
    const verification = new Verification({ decisionKeys });
    const files = await readFiles(context, verification);
    const verdict = verification.judge(options);
    const [unknownStart] = verdict.unknownStarts;
    if (unknownStart !== undefined) {
      throw new CliError(
        'unknown_checkpoint',
        `--from ${unknownStart}: the export holds neither this checkpoint nor the one that follows it`,
      );
    }
    const report = { verdict, files, events: verification.events, others: verification.others };
    await context.io.writeOut(
      context.json ? `${JSON.stringify(verdictJson(report), null, 2)}\n` : verdictText(report),
    );
    return verdict.complete ? EXIT.ok : EXIT.refused;
  },
};

async function optionsOf(context: CommandContext): Promise<VerificationOptions> {
  const keyPaths = textOptions(context, 'key');
  if (keyPaths.length === 0) {
    throw new CliError(
      'missing_key',
      'verify needs --key PUBLIC.pem; the operator gets it with "aegis-siem keys checkpoint"',
    );
  }
  const acceptedFilters = matchingOptions(context, 'accept-filter', KNOWN_FILTER, FILTER_FORM);
  const streams = textOptions(context, 'stream');
  return {
    keys: await Promise.all(keyPaths.map(readKey)),
    from: matchingOptions(context, 'from', SHA256_HEX, 'the 64 hex digits of a checkpoint'),
    tips: matchingOptions(context, 'tip', SHA256_HEX, 'the 64 hex digits of a checkpoint'),
    asOfMs: asOfMs(context),
    graceMs: graceMs(context),
    ...(streams.length === 0 ? {} : { streams }),
    ...(acceptedFilters.length === 0 ? {} : { acceptedFilters }),
  };
}

function decisionKeysOf(context: CommandContext): Promise<readonly DecisionKey[]> {
  return Promise.all(textOptions(context, 'decision-key').map(readDecisionKeyOption));
}

async function storeOptionsOf(context: CommandContext): Promise<StoreVerifyOptions> {
  const refused =
    context.positionals.length > 0 ? 'EXPORT' : textOptions(context, 'from').length > 0 ? '--from' : '';
  if (refused !== '')
    throw new CliError('bad_option', `${refused} and --store do not go together: verify each on its own`);
  const streams = textOptions(context, 'stream');
  const acceptedFilters = matchingOptions(context, 'accept-filter', KNOWN_FILTER, FILTER_FORM);
  const decisionKeys = await decisionKeysOf(context);
  return {
    keys: await Promise.all(textOptions(context, 'key').map(readKey)),
    tips: matchingOptions(context, 'tip', SHA256_HEX, 'the 64 hex digits of a checkpoint or link'),
    asOfMs: asOfMs(context),
    graceMs: graceMs(context),
    ...(streams.length === 0 ? {} : { only: streams }),
    ...(decisionKeys.length === 0
      ? {}
      : { checkDecision: ({ body }) => judgeRecordDecision(Buffer.from(body).toString(), decisionKeys) }),
    ...(acceptedFilters.length === 0 ? {} : { acceptedFilters }),
  };
}

async function readDecisionKeyOption(value: string): Promise<DecisionKey> {
  const { keyId, path } = splitKeyName(value);
  const pem = await readText(path);
  try {
    const key = readDecisionKey(pem, 'public');
    return keyId === undefined ? { key } : { keyId, key };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable';
    throw new CliError('bad_key', `--decision-key ${path}: ${why}`, EXIT.usage, { cause });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function readKey(path: string): Promise<PublicCheckpointKey> {
  const pem = await readText(path);
  try {
    return readPublicKey(pem);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable';
    throw new CliError('bad_key', `--key ${path}: ${why}`, EXIT.usage, { cause });
  }
}

function matchingOptions(
  context: CommandContext,
  name: string,
  pattern: RegExp,
  what: string,
): readonly string[] {
  const values = textOptions(context, name);
  const wrong = values.find((value) => !pattern.test(value));
  if (wrong !== undefined) throw new CliError('bad_option', `--${name} ${wrong}: it must be ${what}`);
  return values;
}

function asOfMs(context: CommandContext): number {
  const text = textOption(context, 'as-of');
  if (text === undefined) return Date.now();
  const time = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new CliError('bad_option', `--as-of ${text}: it must be a time such as 2026-11-20T09:00:00Z`);
  return time;
}

function graceMs(context: CommandContext): number {
  const text = textOption(context, 'grace') ?? String(DEFAULT_GRACE_SECONDS);
  const seconds = /^\d{1,8}$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= MAX_GRACE_SECONDS))
    throw new CliError('bad_option', `--grace ${text}: it must be seconds from 0 to ${MAX_GRACE_SECONDS}`);
  return seconds * 1_000;
}

async function readFiles(
  context: CommandContext,
  verification: Verification,
): Promise<readonly ReadFileSummary[]> {
  const progress = new ProgressLine(context.io);
  const summaries: ReadFileSummary[] = [];
  for (const file of context.positionals) {
    // One after another: the memory is that of the numbers, and the order of the report that of the command line.
    const summary = await readFileOf(context, file, verification, progress);
    summaries.push(summary);
    if (summary.problem !== undefined) progress.say(`${file}: ${summary.problem}`);
  }
  progress.clear();
  return summaries;
}

async function readFileOf(
  { io }: CommandContext,
  file: string,
  verification: Verification,
  progress: ProgressLine,
): Promise<ReadFileSummary> {
  let [others, firstOther, shownBytes] = [0, 0, 0];
  try {
    const totalBytes = file === '-' || isGzip(file) ? undefined : (await stat(file)).size;
    const summary = await readExport(file === '-' ? io.stdin : openFile(file), {
      onEvent: (event) => verification.add(event),
      onOther: (item) => {
        others += 1;
        if (firstOther === 0) firstOther = item;
      },
      onProgress: (bytes) => {
        if (io.signal.aborted) throw new CliError('interrupted', 'interrupted', EXIT.interrupted);
        if (bytes < shownBytes + PROGRESS_BYTES) return;
        shownBytes = bytes;
        const share = totalBytes === undefined ? '' : ` (${Math.floor((100 * bytes) / totalBytes)} %)`;
        progress.show(`${file}: ${Math.floor(bytes / 1e6)} MB${share}, ${verification.events} events`);
      },
    });
    return { ...summary, file, others, ...(firstOther === 0 ? {} : { firstOther }) };
  } catch (error) {
    progress.clear();
    if (error instanceof CliError) throw error;
    if (error instanceof LedgerFullError) throw new CliError('too_large', `${file}: ${error.message}`);
    throw unreadable(file, error);
  }
}

function openFile(file: string): AsyncIterable<Uint8Array> {
  if (!isGzip(file)) return readBlocks(file);
  const stream = createReadStream(file, { highWaterMark: READ_BYTES });
  const gunzip = createGunzip({ chunkSize: READ_BYTES });
  stream.on('error', (error) => gunzip.destroy(error));
  return stream.pipe(gunzip);
}

function isGzip(file: string): boolean {
  return file.endsWith('.gz');
}

function unreadable(file: string, error: unknown): CliError {
  const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
  const name = file === '-' ? 'stdin' : file;
  return new CliError('unreadable', `${name} cannot be read (${why})`, EXIT.usage, { cause: error });
}
