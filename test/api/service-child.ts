/** The service as a process that a test can kill. Settings come from the environment; the address is told to the parent. */
import { startService } from '../../src/service.ts';
import { readSettings } from '../../src/settings/read-settings.ts';

const service = await startService(readSettings({ env: process.env }));
process.once('SIGTERM', () => void service.stop().then(() => process.disconnect?.()));
process.send?.({ url: service.url });
