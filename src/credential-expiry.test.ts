import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CredentialExpiryWatch, expiryStep } from './credential-expiry.ts';
import { MemoryDeliveryStore } from './store/memory/memory-delivery-store.ts';
import { seedDestination } from './store/memory/memory-seed.ts';

const DAY_MS = 86_400_000;

test('a step is reached at 30, 14, 7 and 1 days, and at the end', () => {
  const steps = [31, 30, 15, 14, 7.1, 7, 2, 1, 0.5, 0, -3].map((days) => expiryStep(days * DAY_MS, 0));
  assert.deepEqual(steps, [undefined, 30, 30, 14, 14, 7, 7, 1, 1, 0, 0]);
  assert.equal(expiryStep(undefined, 0), undefined);
});

test('each step is told once, an end that was put off begins anew, and no known end says nothing', async () => {
  const { tables } = new MemoryDeliveryStore(() => 0);
  const plain = seedDestination(tables, { destinationNo: 1 });
  let nowMs = 0;
  let expiresAtMs: number | undefined;
  const told: unknown[] = [];
  const watch = new CredentialExpiryWatch({
    admin: {
      listDestinations: (_scope, { cursor }) =>
        Promise.resolve(
          cursor === undefined
            ? { items: [plain], nextCursor: 'next' }
            : {
                items: [
                  { ...plain, ...(expiresAtMs === undefined ? {} : { credentialNotes: { expiresAtMs } }) },
                ],
              },
        ),
    },
    clock: { nowMs: () => nowMs },
    logger: { warn: (fields) => void told.push(fields['days']) },
  });
  await watch.look();
  expiresAtMs = 10 * DAY_MS;
  for (const day of [0, 1, 2, 3.5, 5, 9.5, 9.9, 10, 11]) {
    nowMs = day * DAY_MS;
    await watch.look();
  }
  assert.deepEqual(told, [14, 7, 1, 0]);
  expiresAtMs = 40 * DAY_MS;
  await watch.look();
  assert.deepEqual(told, [14, 7, 1, 0, 30]);
});
