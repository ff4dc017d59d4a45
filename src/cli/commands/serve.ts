import { once } from 'node:events';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { serviceSettings, SETTING_OPTIONS, startFailure } from '../service-settings.ts';

export const serve: Command = {
  name: 'serve',
  summary: 'Run the service: API and delivery in one process',
  examples: [
    'aegis-siem serve',
    'aegis-siem serve --store postgres://localhost/aegis --key-file ./master-key',
    'aegis-siem serve --no-worker',
  ],
  options: SETTING_OPTIONS,
  async run(context) {
    const { settings } = serviceSettings(context);
    // Loaded here, so that the other commands start without the service's libraries.
    const { startService } = await import('../../service.ts');
    const service = await startService(settings).catch((error: unknown) => {
      throw startFailure(error);
    });
    context.io.writeError(`listening on ${service.url}\n`);
    if (!context.io.signal.aborted) await once(context.io.signal, 'abort');
    await service.stop();
    return EXIT.ok;
  },
};
