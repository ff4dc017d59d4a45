import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import type { Attestation } from '../src/attestation/attestation.ts';
import { parseAttestation } from '../src/attestation/parse-attestation.ts';
import { splitRecords } from '../src/attestation/split-records.ts';
import { examplesText } from './make-examples.ts';

const file = readFileSync(path.join(import.meta.dirname, '..', 'examples', 'attestations.ndjson'));

function examples(): Attestation[] {
  const split = splitRecords(file, 'ndjson', 1_000);
  assert.ok(split.ok);
  return split.items.map((item) => {
    assert.ok('text' in item);
    const result = parseAttestation(item.text);
    assert.ok(result.ok, result.ok ? '' : `line ${item.line}: ${JSON.stringify(result.refusal)}`);
    return result.attestation;
  });
}

describe('examples/attestations.ndjson', () => {
  it('is what the script makes (else: npm run examples)', () => {
    assert.ok(file.toString('utf8') === examplesText(), 'run npm run examples');
  });

  it('holds 300 records that the parser accepts, in order of time, each with an id of its own', () => {
    const records = examples();
    assert.equal(records.length, 300);
    assert.equal(new Set(records.map(({ attestation_id }) => attestation_id)).size, 300);
    const times = records.map(({ time_ms }) => time_ms);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
  });

  it('shows all verdicts, all decisions, delegation, rewrites, unknown fields, long and non-ASCII text', () => {
    const records = examples();
    const distinct = (pickOf: (record: Attestation) => unknown) =>
      new Set(records.map(pickOf).filter((value) => value !== undefined));
    assert.deepEqual(
      distinct(({ verdict }) => verdict),
      new Set(['allow', 'deny', 'escalate', 'rewrite']),
    );
    assert.deepEqual(
      distinct(({ resolution }) => resolution?.decision),
      new Set(['approved', 'rejected', 'expired']),
    );
    assert.equal(distinct(({ agent_id }) => agent_id).size, 5);
    assert.ok(records.some(({ delegation }) => delegation !== undefined));
    assert.ok(records.some(({ rewrites }) => (rewrites?.length ?? 0) > 1));
    assert.ok(records.some(({ unknown }) => Object.keys(unknown).length > 0));
    assert.ok(
      records.some(({ constraints }) => constraints?.some(({ reason }) => (reason?.length ?? 0) > 1_500)),
    );
    assert.ok(
      records.some(({ constraints }) =>
        constraints?.some(({ reason }) => /[\u3000-\u9fff]/.test(reason ?? '')),
      ),
    );
  });

  it('resolves only escalations that stand before, with their tool and agent', () => {
    const seen = new Map<string, Attestation>();
    for (const record of examples()) {
      if (record.resolves !== undefined) {
        const escalation = seen.get(record.resolves);
        assert.equal(escalation?.verdict, 'escalate');
        assert.deepEqual([record.tool_name, record.agent_id], [escalation.tool_name, escalation.agent_id]);
      }
      seen.set(record.attestation_id, record);
    }
  });
});
