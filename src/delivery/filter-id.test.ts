import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OcsfSettings } from '../ocsf/ocsf-event.ts';
import { filterId } from './filter-id.ts';

const OCSF: OcsfSettings = { classUid: 2001, version: '1.1.0' };
const HASHED: OcsfSettings = { ...OCSF, redaction: [{ fields: ['agent_id'], action: 'hash' }] };

void test('names a filter and a redaction apart, and the key of a hash, without telling them', () => {
  const none = filterId({ ocsf: OCSF, fingerprints: { redaction_key: 'a' } });
  const filtered = filterId({ ocsf: { ...OCSF, filter: { verdicts: ['deny'] } }, fingerprints: {} });
  const hashed = filterId({ ocsf: HASHED, fingerprints: { redaction_key: 'a' } });
  assert.equal(none, 'none');
  assert.match(filtered, /^[0-9a-f]{16}$/);
  assert.match(hashed, /^none\+[0-9a-f]{16}$/);
  assert.notEqual(hashed, filterId({ ocsf: HASHED, fingerprints: { redaction_key: 'b' } }));
  const masked: OcsfSettings = { ...OCSF, redaction: [{ fields: ['agent_id'], action: 'mask' }] };
  const withoutKey = filterId({ ocsf: masked, fingerprints: {} });
  assert.equal(withoutKey, filterId({ ocsf: masked, fingerprints: { redaction_key: 'a' } }));
  assert.notEqual(withoutKey, hashed);
});
