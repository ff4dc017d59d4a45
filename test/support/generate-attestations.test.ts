import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAttestation } from '../../src/attestation/parse-attestation.ts';
import { generateAttestations } from './generate-attestations.ts';

const COUNT = 3_000;

describe('generateAttestations', () => {
  it('makes records that the parser accepts, each with an id of its own, of about 1.2 kB', () => {
    const ids = new Set<string>();
    let bytes = 0;
    for (const text of generateAttestations({ seed: 1, count: COUNT })) {
      const result = parseAttestation(text);
      assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.refusal));
      ids.add(result.attestation.attestation_id);
      bytes += Buffer.byteLength(text);
    }
    assert.equal(ids.size, COUNT);
    assert.ok(bytes / COUNT > 1_000 && bytes / COUNT < 1_600, `${bytes / COUNT} bytes a record`);
  });

  it('makes the same from the same seed, and other records from another', () => {
    const make = (seed: number) => [...generateAttestations({ seed, count: 20 })];
    assert.deepEqual(make(4), make(4));
    assert.notDeepEqual(make(4), make(5));
  });

  it('mixes the verdicts about as real traffic does, and resolves some escalations that came before', () => {
    const counts: Record<string, number> = {};
    const escalations = new Set<string>();
    let resolutions = 0;
    for (const text of generateAttestations({ seed: 2, count: COUNT, workspaceId: 'ws-mix' })) {
      const result = parseAttestation(text);
      assert.ok(result.ok);
      const { verdict, resolves, workspace_id, attestation_id } = result.attestation;
      assert.equal(workspace_id, 'ws-mix');
      if (resolves !== undefined) {
        assert.ok(escalations.has(resolves));
        resolutions += 1;
        continue;
      }
      counts[verdict] = (counts[verdict] ?? 0) + 1;
      if (verdict === 'escalate') escalations.add(attestation_id);
    }
    const decisions = COUNT - resolutions;
    for (const [verdict, percent] of [
      ['allow', 70],
      ['deny', 15],
      ['escalate', 8],
      ['rewrite', 7],
    ] as const) {
      assert.ok(
        Math.abs(((counts[verdict] ?? 0) / decisions) * 100 - percent) < 3,
        `${verdict}: ${counts[verdict]}`,
      );
    }
    assert.ok(resolutions > 50);
  });
});
