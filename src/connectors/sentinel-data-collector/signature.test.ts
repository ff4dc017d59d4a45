import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorization, rfc1123Date, signature } from './signature.ts';

/** Bytes 0 to 63. */
const KEY = Buffer.from(Array.from({ length: 64 }, (_, index) => index)).toString('base64');
/** The body of the vendor's C# sample. */
const SAMPLE =
  '[{"DemoField1":"DemoValue1","DemoField2":"DemoValue2"},{"DemoField3":"DemoValue3","DemoField4":"DemoValue4"}]';
const MULTI_BYTE = '[{"Message":"é€😀"}]';

/**
 * No vector is published. These follow the published formula, computed with three other programs that agree.
 * https://learn.microsoft.com/azure/azure-monitor/logs/data-collector-api#authorization
 */
const VECTORS = [
  [1_024, 'Mon, 04 Apr 2016 08:00:00 GMT', 'kQfMluP3yBFQzfwH0Ye5adOjNq2FCEIWGh0n4uEtCrg='],
  [109, 'Tue, 24 Nov 2026 03:00:00 GMT', '5GlcZpFn/ymqVAhY++qcawO02MczsF0fXSDOru2r8FI='],
  [25, 'Tue, 24 Nov 2026 03:00:00 GMT', 'K2Yx8E7A4AJdeSSnLJt0AsN9Ye8gM7RCEkr3d3UOJS4='],
] as const;

for (const [bodyBytes, date, expected] of VECTORS) {
  test(`${bodyBytes} bytes at ${date} are signed as the formula says`, () => {
    assert.equal(signature({ workspaceId: 'w', sharedKey: KEY, bodyBytes, date }), expected);
  });
}

test('the bodies behind the vectors have the lengths that were signed', () => {
  assert.equal(Buffer.byteLength(MULTI_BYTE), 25);
  assert.equal(MULTI_BYTE.length, 20);
  assert.equal(Buffer.byteLength(SAMPLE), 109);
});

test('the header names workspace and signature', () => {
  const request = {
    workspaceId: 'w-1',
    sharedKey: KEY,
    bodyBytes: 25,
    date: 'Tue, 24 Nov 2026 03:00:00 GMT',
  };
  assert.equal(authorization(request), `SharedKey w-1:${signature(request)}`);
});

test('a time is written as RFC 1123 in GMT', () => {
  assert.equal(rfc1123Date(Date.UTC(2026, 10, 24, 3)), 'Tue, 24 Nov 2026 03:00:00 GMT');
  assert.equal(rfc1123Date(Date.UTC(2026, 0, 1, 0, 0, 0, 999)), 'Thu, 01 Jan 2026 00:00:00 GMT');
});
