import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { accepted } from '../../test/support/ocsf-settings.ts';
import { type EventFilter, passesFilter } from './event-filter.ts';
import { matchesGlob } from './glob.ts';
import { DEFAULT_OCSF_SETTINGS } from './ocsf-event.ts';
import { renderKey, renderRecord } from './render-record.ts';

const RECORD = {
  attestation_id: '0193476d-3f10-7a51-8c3e-5a8d0c1b2e01',
  workspace_id: 'ws-1',
  timestamp: '2026-11-20T09:15:28.100Z',
  verdict: 'deny',
  tool_name: 'payments.create_transfer',
  agent_id: 'agent-7',
};

describe('passesFilter', () => {
  const cases: readonly (readonly [EventFilter, boolean])[] = [
    [{}, true],
    [{ verdicts: ['deny', 'escalate'] }, true],
    [{ verdicts: ['allow'] }, false],
    [{ verdicts: [] }, false],
    [{ severities: ['medium'] }, true],
    [{ severities: ['informational', 'low', 'high'] }, false],
    [{ tools: ['payments.*'] }, true],
    [{ tools: ['payments.read*', '*.list'] }, false],
    [{ agents: ['agent-?'], verdicts: ['deny'] }, true],
    [{ agents: ['agent-?'], verdicts: ['allow'] }, false],
    [{ workspaces: ['ws-2'] }, false],
    [{ evidence: ['none'] }, true],
    [{ evidence: ['inferred'] }, false],
    [{ except: { tools: ['payments.*'], verdicts: ['allow'] } }, true],
    [{ except: { tools: ['payments.*'], verdicts: ['deny'] } }, false],
    [{ verdicts: ['deny'], except: { agents: ['agent-8'] } }, true],
  ];
  for (const [filter, passes] of cases) {
    it(`${passes ? 'lets it through' : 'leaves it out'}: ${JSON.stringify(filter)}`, () => {
      assert.equal(passesFilter(accepted(RECORD), filter), passes);
    });
  }

  it('holds for attestations only, and is part of what names the bytes of a batch', () => {
    const filter: EventFilter = { verdicts: ['allow'] };
    const settings = { ...DEFAULT_OCSF_SETTINGS, filter };
    const rendered = renderRecord({ source: 'attestation', body: JSON.stringify(RECORD) }, settings);
    assert.equal(!rendered.ok && rendered.code, 'left_out');
    const keys = [DEFAULT_OCSF_SETTINGS, settings, { ...settings, filter: { verdicts: ['deny'] as const } }];
    assert.equal(new Set(keys.map((key) => renderKey(key))).size, 3);
  });
});

describe('matchesGlob', () => {
  it('agrees with the regular expression of the same meaning', () => {
    const letters = fc.constantFrom('a', 'b', '.', '*', '?', '\\', '(');
    const words = fc.array(letters, { maxLength: 8 }).map((all) => all.join(''));
    fc.assert(
      fc.property(words, words, (text, pattern) => {
        const source = pattern
          .replaceAll(/[\\.(]/g, String.raw`\$&`)
          .replaceAll('*', '.*')
          .replaceAll('?', '.');
        assert.equal(matchesGlob(text, pattern), new RegExp(`^(?:${source})$`, 's').test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes no longer than text times pattern on what makes regular expressions explode', () => {
    const text = 'a'.repeat(2_000);
    assert.equal(matchesGlob(text, `${'a*'.repeat(100)}b`), false);
  });
});
