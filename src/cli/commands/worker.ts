import { once } from 'node:events';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { serviceSettings, SETTING_OPTIONS, startFailure } from '../service-settings.ts';

export const worker: Command = {
  name: 'worker',
  summary: 'Deliver only, without an API',
  examples: ['aegis-siem worker --store postgres://localhost/aegis --key-file ./master-key'],
  options: SETTING_OPTIONS,
  async run(context) {
    const { settings } = serviceSettings(context);
    const { startWorker } = await import('../../start-worker.ts');
    const running = await startWorker(settings).catch((error: unknown) => {
      throw startFailure(error);
    });
    context.io.writeError('delivering\n');
    if (!context.io.signal.aborted) await once(context.io.signal, 'abort');
    await running.stop();
    return EXIT.ok;
  },
};
