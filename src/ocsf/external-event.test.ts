import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../json.ts';
import { renderExternalEvent } from './external-event.ts';
import { createRedactor } from './redaction/redactor.ts';
import type { OcsfEvent } from './ocsf-event.ts';
import { stamp } from './stamp.ts';
import { validateEvent } from './validate-event.ts';

const METADATA = { version: '1.1.0', uid: 'e-1', product: { name: 'X', vendor_name: 'Example' } };
const EVENT = {
  class_uid: 6002,
  category_uid: 6,
  activity_id: 3,
  type_uid: 600203,
  severity_id: 1,
  time: 1_795_165_080_000,
  app: { name: 'worker', vendor_name: 'Example' },
  metadata: METADATA,
};
const PLACE = { streamId: 's', epoch: 'e', seq: 4, kind: 'event' } as const;

function rendered(event: object): OcsfEvent {
  const result = renderExternalEvent(JSON.stringify(event));
  assert.ok(result.ok, JSON.stringify(result));
  return result.event;
}

describe('renderExternalEvent', () => {
  for (const [what, body, code, pointer] of [
    ['no JSON', '{', 'not_json', ''],
    ['a list', '[]', 'wrong_type', ''],
    ['null', 'null', 'wrong_type', ''],
    ['no metadata', '{"class_uid":0}', 'wrong_type', '/metadata'],
    ['no uid', '{"metadata":{}}', 'missing_uid', '/metadata/uid'],
    [
      'a class that is not held',
      JSON.stringify({ ...EVENT, class_uid: 'constructor' }),
      'ocsf_unknown_class',
      '/class_uid',
    ],
    [
      'a version that is not held',
      JSON.stringify({ ...EVENT, metadata: { ...METADATA, version: '__proto__' } }),
      'ocsf_unknown_version',
      '/metadata/version',
    ],
    ['a text in unmapped', JSON.stringify({ ...EVENT, unmapped: 'abc' }), 'ocsf_wrong_type', '/unmapped'],
    [
      'an attribute that its class does not have',
      JSON.stringify({ ...EVENT, resources: [{ uid: 'a', colour: 'red' }] }),
      'ocsf_unknown_attribute',
      '/resources',
    ],
    [
      'a wrong item of a list',
      JSON.stringify({ ...EVENT, observables: [{ type_id: 99, type: 'w', name: 'app.name' }, 7] }),
      'ocsf_wrong_type',
      '/observables/1',
    ],
  ] as const) {
    it(`refuses ${what}, and says where`, () => {
      const result = renderExternalEvent(body);
      assert.deepEqual(result.ok ? 'accepted' : [result.code, result.pointer], [code, pointer]);
    });
  }

  it('takes over nothing that belongs to the stream, and loses none of it', () => {
    const event = rendered({
      ...EVENT,
      metadata: { ...METADATA, sequence: 90 },
      unmapped: { other: null, aegis: { stream: { seq: 1 }, truncated: 'mine', empty: '', nothing: null } },
    });
    assert.deepEqual(event['metadata'], METADATA);
    assert.deepEqual(event['unmapped'], {
      other: null,
      aegis: {
        original_sequence: 90,
        original_stream: { seq: 1 },
        original_truncated: 'mine',
        empty: '',
        nothing: null,
      },
    });
  });

  it('keeps what others put in place of our own object', () => {
    assert.deepEqual(rendered({ ...EVENT, unmapped: { aegis: 'abc' } })['unmapped'], {
      aegis: { original_aegis: 'abc' },
    });
  });

  it('changes nothing else, gives the same bytes again, and stays valid with a place', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme-ascii' }), fc.nat(), (value, sequence) => {
        const event = {
          ...EVENT,
          metadata: { ...METADATA, sequence },
          unmapped: { value, ['__proto__']: value },
        };
        const once = stamp(rendered(event), PLACE);
        assert.equal(JSON.stringify(once), JSON.stringify(stamp(rendered(event), PLACE)));
        assert.deepEqual(validateEvent(once), []);
        const { aegis: _, ...unmapped } = once['unmapped'] as JsonObject;
        const given = JSON.stringify(event.unmapped);
        if (!given.includes('\\')) assert.equal(JSON.stringify(unmapped), given);
      }),
      { numRuns: 100 },
    );
  });

  it('is redacted by patterns, stays valid, and what an address hid is left out', () => {
    const redactor = createRedactor([
      { patterns: ['email', 'ipv4'], action: 'mask' },
      { fields: ['agent_id'], action: 'mask' },
    ]);
    const event = {
      ...EVENT,
      class_uid: 3004,
      category_uid: 3,
      activity_id: 3,
      type_uid: 300403,
      app: undefined,
      message: 'asked by m.ortiz@example.com',
      entity: { name: 'x', data: { from: '192.0.2.14', mails: ['a@example.com'] } },
      src_endpoint: { ip: '192.0.2.14', name: 'host' },
      metadata: { ...METADATA, version: '1.8.0', uid: 'a.b@example.com' },
    };
    const result = renderExternalEvent(JSON.stringify(event), redactor);
    assert.ok(result.ok, JSON.stringify(result));
    assert.deepEqual(validateEvent(JSON.parse(JSON.stringify(result.event))), []);
    assert.deepEqual(result.event['src_endpoint'], { name: 'host' });
    assert.deepEqual(result.event['entity'], {
      name: 'x',
      data: { from: '[redacted:ipv4]', mails: ['[redacted:email]'] },
    });
    assert.equal(result.event['message'], 'asked by [redacted:email]');
    assert.equal((result.event['metadata'] as JsonObject)['uid'], 'a.b@example.com');
    const { aegis } = result.event['unmapped'] as { aegis: JsonObject };
    assert.deepEqual(aegis['redacted'], [
      { pattern: 'email', action: 'mask', count: 2 },
      { pattern: 'ipv4', action: 'mask', count: 2 },
    ]);
  });

  it('that nothing was found in has the same bytes as without rules', () => {
    const redactor = createRedactor([{ patterns: ['iban'], action: 'drop' }]);
    assert.deepEqual(
      renderExternalEvent(JSON.stringify(EVENT), redactor),
      renderExternalEvent(JSON.stringify(EVENT)),
    );
  });
});
