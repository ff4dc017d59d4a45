import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callerContext, linkContext, traceOfRecord } from './trace-link.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const ZEROS = '0'.repeat(32);

test('the trace of a record is taken where its ids are those of W3C', () => {
  const cases: readonly (readonly [body: string, trace: unknown])[] = [
    [`{"trace_id":"${TRACE}","span_id":"${SPAN}"}`, { traceId: TRACE, spanId: SPAN }],
    [`{"trace_id":"${TRACE.toUpperCase()}"}`, { traceId: TRACE }],
    [`{"trace_id":"${TRACE}","span_id":"7"}`, { traceId: TRACE }],
    [`{"trace_id":"order 7 of Jane","span_id":"${SPAN}"}`, undefined],
    [`{"trace_id":"${ZEROS}","span_id":"${SPAN}"}`, undefined],
    [`{"span_id":"${SPAN}"}`, undefined],
    ['{"trace_id":7}', undefined],
    ['{"trace_id":', undefined],
    ['null', undefined],
    ['[]', undefined],
  ];
  for (const [body, trace] of cases) assert.deepEqual(traceOfRecord(body), trace, body);
});

test('a link needs a trace and a span', () => {
  assert.equal(linkContext({ traceId: TRACE }), undefined);
  assert.equal(linkContext({ traceId: TRACE, spanId: SPAN })?.spanId, SPAN);
});

test('a traceparent header is taken as the standard has it, and anything else is ignored', () => {
  assert.deepEqual(callerContext(`00-${TRACE}-${SPAN}-00`), {
    traceId: TRACE,
    spanId: SPAN,
    traceFlags: 1,
    isRemote: true,
  });
  assert.ok(callerContext(`01-${TRACE}-${SPAN}-01-more`), 'a later version may say more');
  const refused = [undefined, 7, '', `00-${TRACE}`, `ff-${TRACE}-${SPAN}-01`, `00-${ZEROS}-${SPAN}-01`];
  for (const header of refused) assert.equal(callerContext(header), undefined, String(header));
});
