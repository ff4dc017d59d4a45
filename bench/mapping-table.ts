import { benchMapping } from './bench-mapping.ts';
import { median, ratio, thousands } from './measure.ts';
import type { BenchTable } from './report.ts';

const RECORDS = 20_000;

export function mappingTable(): BenchTable {
  const rates = benchMapping(RECORDS);
  const base = median(rates.parseAndStringify);
  return {
    title: `Mapping, one thread (records of ${Math.round(rates.recordBytes)} bytes, events of ${Math.round(rates.eventBytes)} bytes)`,
    columns: ['what', 'records/s', 'ratio'],
    rows: (
      [
        ['JSON.parse and JSON.stringify of the record', rates.parseAndStringify],
        ['strict parser', rates.strictParse],
        ['strict parser, mapping, stamp, text and hash', rates.render],
        ['... with redaction by 3 fields (hash) and 7 patterns', rates.redacted],
        ['... held against the schema (`ocsf.validate`)', rates.validated],
        ['... at 1.9.0', rates.newest],
        ['... at 1.9.0 with a fingerprint (`ocsf.record_integrity`)', rates.fingerprinted],
      ] as const
    ).map(([what, rate]) => [what, thousands(median(rate)), ratio(median(rate), base)]),
    figures: rates,
  };
}
