import { showSettings } from '../../settings/describe-settings.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { show } from '../output.ts';
import { serviceSettings, SETTING_OPTIONS } from '../service-settings.ts';
import { textTable } from '../text-table.ts';

export const configPrint: Command = {
  name: 'config print',
  summary: 'Show the settings in force and where each came from',
  examples: ['aegis-siem config print', 'aegis-siem config print --json'],
  options: SETTING_OPTIONS,
  async run(context) {
    const shown = showSettings(serviceSettings(context));
    await show(
      context,
      shown.map((setting) => ({ ...setting })),
      () =>
        textTable(
          ['SETTING', 'FROM', 'VALUE'],
          shown.map(({ name, origin, value }) => [name, origin, String(value)]),
        ),
    );
    return EXIT.ok;
  },
};
