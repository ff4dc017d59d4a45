import { parseAttestation } from '../../attestation/parse-attestation.ts';
import type { Refusal } from '../../attestation/refusal.ts';
import { splitRecords, type SplitItem } from '../../attestation/split-records.ts';
import type { JsonObject } from '../../json.ts';
import { API_OPTIONS, apiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { kindOf, readInput } from '../input.ts';
import { asItems, asObject, cell } from '../output.ts';
import { describe, placeOf } from './map.ts';

type TextItem = Extract<SplitItem, { readonly text: string }>;

const MAX_RECORDS = 10_000_000;
/** Records and bytes of one request: well below what the service takes. */
const RECORDS_A_REQUEST = 500;
const BYTES_A_REQUEST = 4 * 1024 * 1024;

export const attest: Command = {
  name: 'attest',
  summary: 'Record attestations in a running service',
  examples: ['aegis-siem attest examples/attestations.ndjson', 'aegis-siem attest < attestation.json'],
  positionals: '[FILE]',
  maxPositionals: 1,
  options: API_OPTIONS,
  async run(context) {
    const { io } = context;
    const client = apiClient(context);
    const bytes = await readInput(context);
    const split = splitRecords(bytes, kindOf(bytes), MAX_RECORDS);
    if (!split.ok) throw new CliError(split.refusal.code, split.refusal.message, EXIT.refused);
    const counts = new Map<string, number>();
    const count = (status: string): void => {
      counts.set(status, (counts.get(status) ?? 0) + 1);
    };
    for (const group of groupsOf(split.items)) {
      const sent: TextItem[] = [];
      for (const item of group) {
        // Checked here first: one text that is not JSON would break the array around all others.
        const refusal = refusalOf(item);
        if (refusal === undefined && 'text' in item) sent.push(item);
        if (refusal === undefined) continue;
        count('rejected');
        io.writeError(`${placeOf(item)}: ${describe(refusal)}\n`);
      }
      if (sent.length === 0) continue;
      // An array keeps each record's own text, line breaks and all.
      const body = Buffer.from(`[${sent.map(({ text }) => text).join(',')}]`);
      const answer = await client.call({ method: 'POST', path: '/v1/attestations', body, expected: [207] });
      for (const [index, result] of asItems(asObject(answer.body)['results']).entries()) {
        count(cell(result['status']));
        if (context.json) await io.writeOut(`${JSON.stringify(result)}\n`);
        const item = sent[index];
        if (result['error'] !== undefined && item !== undefined)
          io.writeError(`${placeOf(item)}: ${errorOf(result)}\n`);
      }
      if (io.stderrIsTerminal) io.writeError(`\r${summary(counts)}`);
    }
    io.writeError(`${io.stderrIsTerminal ? '\r' : ''}${summary(counts)}\n`);
    return (counts.get('rejected') ?? 0) + (counts.get('failed') ?? 0) === 0 ? EXIT.ok : EXIT.refused;
  },
};

function refusalOf(item: SplitItem): Refusal | undefined {
  if (!('text' in item)) return item.refusal;
  const parsed = parseAttestation(item.text);
  return parsed.ok ? undefined : parsed.refusal;
}

function* groupsOf(items: readonly SplitItem[]): Generator<readonly SplitItem[]> {
  let group: SplitItem[] = [];
  let bytes = 0;
  for (const item of items) {
    group.push(item);
    bytes += 'text' in item ? item.text.length : 0;
    if (group.length < RECORDS_A_REQUEST && bytes < BYTES_A_REQUEST) continue;
    yield group;
    group = [];
    bytes = 0;
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
