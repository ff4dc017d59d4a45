/** A process that does nothing but tell operators, as a worker does beside its delivery: for tests that kill it. */
import { pino } from 'pino';
import { createOutbound } from '../../src/outbound.ts';
import { startNotices } from '../../src/service-notices.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import { openStore } from '../../src/store/open-store.ts';

const LOOK_EVERY_MS = 100;

const settings = readSettings({ env: process.env });
const store = await openStore(settings.store);
const running = await startNotices(
  {
    settings,
    store,
    egress: createOutbound(settings).egress,
    certificateEnds: () => new Map(),
    onSent: () => undefined,
    logger: pino({ level: 'silent' }),
    nowMs: () => Date.now(),
    lookEveryMs: LOOK_EVERY_MS,
    gatherMs: 0,
  },
  new AbortController().signal,
);
// Its waits keep no process alive.
setInterval(() => undefined, 1_000);
process.stdout.write('telling\n');
await Promise.all(running);
