import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_DELIVERY_LIMITS } from './delivery-limits.ts';
import { leaseLimits } from './lease-limits.ts';

test('a lease of the default length has the default limits', () => {
  const { leaseMs, renewEveryMs, sendWithoutRenewalMs } = DEFAULT_DELIVERY_LIMITS;
  assert.deepEqual(leaseLimits(leaseMs), { leaseMs, renewEveryMs, sendWithoutRenewalMs });
});

test('whatever its length, there is time to renew before sending ends, and sending ends before the lease', () => {
  for (const leaseMs of [2_000, 7_000, 600_000]) {
    const limits = leaseLimits(leaseMs);
    assert.ok(limits.renewEveryMs * 2 <= limits.sendWithoutRenewalMs);
    assert.ok(limits.sendWithoutRenewalMs < limits.leaseMs);
  }
});
